/** The size of a sample and the content of its header. */
export interface SampleOptions {
  /** The size of the whole file. Default 1024. A file of one tensor needs about 300. */
  readonly sizeBytes?: number | undefined
  /** How many tensors share the data. Default 1, and one more for each GiB. */
  readonly tensors?: number | undefined
  /** Strings to add to the metadata, and numbers, which are `uint32` in GGUF and strings in safetensors. */
  readonly metadata?: Readonly<Record<string, string | number>> | undefined
}

const SAMPLE_BYTES = 1024
const GIB = 1024 ** 3

/** The options with all defaults filled in. */
export function withDefaults(options: SampleOptions): {
  readonly sizeBytes: number
  readonly tensors: number
  readonly metadata: Readonly<Record<string, string | number>>
} {
  const { sizeBytes = SAMPLE_BYTES, metadata = {} } = options
  // Readers refuse a dimension of 2^32 and more.
  const { tensors = 1 + Math.floor(sizeBytes / GIB) } = options
  return { sizeBytes, tensors, metadata }
}
