import { findFilePathProblem } from '@catalog/types'
import { fieldOf, parseBoundedJson } from '../format/bounded-json.ts'

/** The index of a model of 90,000 tensors has 9 MB. */
export const MAX_INDEX_BYTES: number = 32 * 1024 * 1024
const MAX_SHARDS = 100_000
/** An index has three objects; some carry a configuration as well. */
const MAX_INDEX_CONTAINERS = 10_000
// The formats whose shards have an index; `.index.fp16.json` is the name that diffusers gives to a variant.
const INDEX_NAME = /\.(?:safetensors|bin|pt|pth|ckpt|h5|msgpack)\.index(?:\.[\w-]+)?\.json$/u

/** What an index says of its shards. */
export interface ShardIndex {
  /** The distinct files of its `weight_map`, relative to the index, sorted. */
  readonly shards: readonly string[]
  /** Its `metadata.total_size`: the bytes of all tensors, without the headers of the files. */
  readonly totalBytes: number | undefined
}

/** Whether a path has the name of an index, as `model.safetensors.index.json` has. */
export function isShardIndexName(path: string): boolean {
  return INDEX_NAME.test(path)
}

/** What the bytes of an index say, or what is wrong with them, without quoting any. */
export function parseShardIndex(bytes: Uint8Array): ShardIndex | { readonly problem: string } {
  const text = decodeUtf8(bytes)
  if (text === undefined) return { problem: 'is not UTF-8' }
  const parsed = parseBoundedJson(text, MAX_INDEX_CONTAINERS)
  if ('problem' in parsed) return parsed
  const weightMap = fieldOf(parsed.value, 'weight_map')
  if (typeof weightMap !== 'object' || weightMap === null || Array.isArray(weightMap))
    return { problem: 'has no weight_map' }
  const totalBytes = fieldOf(fieldOf(parsed.value, 'metadata'), 'total_size')
  const shards = new Set<unknown>(Object.values(weightMap))
  const problem = findShardsProblem(shards) ?? findTotalProblem(totalBytes)
  if (problem !== undefined) return { problem }
  return { shards: [...shards].map(String).sort(), totalBytes: totalBytes as number | undefined }
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function findShardsProblem(shards: ReadonlySet<unknown>): string | undefined {
  if (shards.size === 0) return 'has an empty weight_map'
  if (shards.size > MAX_SHARDS) return `names more than ${MAX_SHARDS} shards`
  for (const shard of shards) {
    if (typeof shard !== 'string') return 'names a shard that is not a string'
    const problem = findFilePathProblem(shard)
    if (problem !== undefined) return `names a shard that ${problem}`
  }
  return undefined
}

function findTotalProblem(totalBytes: unknown): string | undefined {
  if (totalBytes === undefined || (Number.isSafeInteger(totalBytes) && Number(totalBytes) >= 0))
    return undefined
  return 'has a metadata.total_size that is not a number of bytes'
}
