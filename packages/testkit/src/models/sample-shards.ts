import { formatGgufHead, type GgufValue } from './gguf-format.ts'
import { formatSafetensorsHead } from './safetensors-format.ts'
import { describeGguf, nameGgufTensor } from './sample-gguf.ts'
import { withDefaults } from './sample-options.ts'
import { describeSafetensors, nameSafetensorsTensor } from './sample-safetensors.ts'
import { appendSeededBytes, type Seed } from './seeded-bytes.ts'

/** The shards to create. */
export interface ShardOptions {
  readonly format: 'gguf' | 'safetensors'
  readonly count: number
  /** The size of each shard. Default 1024. */
  readonly sizeBytes?: number | undefined
  /** The beginning of the names. Default `model`. */
  readonly name?: string | undefined
}

/**
 * Creates a whole set of shards, one tensor in each: the bytes of the files by their names, such as
 * `model-00001-of-00002.gguf`. A set of safetensors has an index too, `model.safetensors.index.json`.
 *
 * @throws {RangeError} if `sizeBytes` is too small for a header and a tensor
 */
export function sampleShards(seed: Seed, options: ShardOptions): ReadonlyMap<string, Buffer> {
  const { format, count, name = 'model' } = options
  const { sizeBytes } = withDefaults({ sizeBytes: options.sizeBytes })
  const formatHead = format === 'gguf' ? formatGgufShard : formatSafetensorsShard
  const shards = Array.from({ length: count }, (_, index) => {
    const head = formatHead({ seed, index, count, sizeBytes })
    const file = `${name}-${toDigits(index + 1)}-of-${toDigits(count)}.${format}`
    return { file, head, bytes: appendSeededBytes(head, { seed: `${seed} ${index}`, sizeBytes }) }
  })
  const files = new Map(shards.map(({ file, bytes }) => [file, bytes]))
  if (format === 'safetensors') files.set(`${name}.safetensors.index.json`, formatIndex(shards))
  return files
}

interface Shard {
  readonly seed: Seed
  /** From 0; names count from 1. */
  readonly index: number
  readonly count: number
  readonly sizeBytes: number
}

/**
 * As gguf-split writes them: all metadata in the first shard, and where it belongs in each.
 * Source: https://github.com/ggml-org/llama.cpp/blob/master/tools/gguf-split/gguf-split.cpp
 */
function formatGgufShard({ seed, index, count, sizeBytes }: Shard): Buffer {
  const split: Readonly<Record<string, GgufValue>> = {
    'split.no': { type: 'uint16', value: index },
    'split.count': { type: 'uint16', value: count },
    'split.tensors.count': { type: 'int32', value: count },
  }
  const metadata = index === 0 ? { ...describeGguf(seed), ...split } : split
  return formatGgufHead({ metadata, tensorNames: [nameGgufTensor(index)] }, sizeBytes)
}

function formatSafetensorsShard({ seed, index, sizeBytes }: Shard): Buffer {
  const tensorNames = [nameSafetensorsTensor(index)]
  return formatSafetensorsHead({ metadata: describeSafetensors(seed), tensorNames }, sizeBytes)
}

/** As transformers writes it; `total_size` counts the tensors, not the headers. */
function formatIndex(
  shards: readonly { readonly file: string; readonly head: Buffer; readonly bytes: Buffer }[],
): Buffer {
  const totalBytes = shards.reduce((sum, { head, bytes }) => sum + bytes.length - head.length, 0)
  const weightMap = Object.fromEntries(shards.map(({ file }, index) => [nameSafetensorsTensor(index), file]))
  const index = { metadata: { total_size: totalBytes }, weight_map: weightMap }
  return Buffer.from(`${JSON.stringify(index, undefined, 2)}\n`)
}

function toDigits(number: number): string {
  return String(number).padStart(5, '0')
}
