/** Where a tensor is in the data of a model file. Samples have one byte for each element. */
export interface PlacedTensor {
  readonly name: string
  /** In bytes, from the beginning of the data. */
  readonly offset: number
  readonly sizeBytes: number
}

/** Of a file: what comes before the tensor data, and all of it. */
export interface FileLayout {
  readonly headBytes: number
  readonly sizeBytes: number
}

/** The default of GGUF. Safetensors has no alignment. */
export const ALIGNMENT_BYTES = 32

/**
 * Divides the data of a file among tensors, one directly after the other: equal, aligned parts, and the rest for the
 * last tensor.
 *
 * @throws {RangeError} if there are fewer than 32 bytes for each tensor
 */
export function placeTensors(
  names: readonly string[],
  { headBytes, sizeBytes }: FileLayout,
): readonly PlacedTensor[] {
  const leastBytes = headBytes + names.length * ALIGNMENT_BYTES
  if (sizeBytes < leastBytes)
    throw new RangeError(`sizeBytes must be at least ${leastBytes}, not ${sizeBytes}`)
  const dataBytes = sizeBytes - headBytes
  const partBytes = Math.floor(dataBytes / names.length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES
  return names.map((name, index) => {
    const offset = index * partBytes
    return { name, offset, sizeBytes: index === names.length - 1 ? dataBytes - offset : partBytes }
  })
}
