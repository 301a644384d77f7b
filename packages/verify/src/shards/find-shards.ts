import { createInvalidInput } from '@catalog/types'

/** A hostile name can ask for 99,999 shards; this many are named, all are counted. */
/** More missing shards than this are counted, not named. */
export const MAX_MISSING = 100
const SHARD = /^(?<prefix>.*)-(?<number>\d{5})-of-(?<total>\d{5})(?<extension>\.[^/]*)?$/su
// Data sets and TensorFlow's checkpoints are named alike but count from 0; they are no shards of these sets.
const COUNTED_FROM_ZERO = /\.(?:parquet|arrow|tfrecord)$/u
const TENSORFLOW_PREFIX = /\.data$/u

/** One thing wrong with a set of shards, as far as names tell. */
export type ShardSetProblem =
  /** The names of the first hundred that are missing, and how many are missing in all. */
  | { readonly kind: 'missing-shards'; readonly paths: readonly string[]; readonly count: number }
  /** Shards of different sets lie side by side: which belong together, names do not tell. */
  | { readonly kind: 'mixed-totals'; readonly totals: readonly number[] }
  /** A number that is 0 or greater than the total. */
  | { readonly kind: 'bad-number'; readonly path: string; readonly number: number; readonly total: number }

/** The shards whose paths differ in nothing but their numbers. */
export interface ShardSet {
  /** The path without the numbers: `sub/model.safetensors`. */
  readonly name: string
  /** By how many shards the names say that there are: one number in a good set. */
  readonly totals: readonly number[]
  /** Sorted. */
  readonly paths: readonly string[]
  readonly problems: readonly ShardSetProblem[]
}

interface Shard {
  readonly path: string
  readonly name: string
  readonly number: number
  readonly total: number
  readonly toPath: (number: number) => string
}

/**
 * The sets of shards among paths (`/` between segments), by names like `model-00001-of-00005.safetensors` of any
 * extension, and what is wrong with each. It touches no disk. INVALID_INPUT for what is no list of texts.
 */
export function findShards(paths: readonly string[]): readonly ShardSet[] {
  if (!Array.isArray(paths) || paths.some((path) => typeof path !== 'string'))
    throw createInvalidInput([{ field: 'paths', problem: 'must be a list of texts' }])
  const sets = new Map<string, Shard[]>()
  for (const path of [...new Set(paths)].sort()) {
    const shard = parseShard(path)
    if (shard === undefined) continue
    const set = sets.get(shard.name)
    if (set === undefined) sets.set(shard.name, [shard])
    else set.push(shard)
  }
  return [...sets].map(([name, shards]) => toSet(name, shards))
}

/** Whether a path has the name of a shard. */
export function isShardName(path: string): boolean {
  return parseShard(path) !== undefined
}

function parseShard(path: string): Shard | undefined {
  const { prefix = '', number, total, extension = '' } = SHARD.exec(path)?.groups ?? {}
  if (number === undefined || total === undefined) return undefined
  if (COUNTED_FROM_ZERO.test(extension) || TENSORFLOW_PREFIX.test(prefix)) return undefined
  const toPath = (other: number): string =>
    `${prefix}-${String(other).padStart(number.length, '0')}-of-${total}${extension}`
  return { path, name: prefix + extension, number: Number(number), total: Number(total), toPath }
}

function toSet(name: string, shards: readonly Shard[]): ShardSet {
  const totals = [...new Set(shards.map(({ total }) => total))].sort((a, b) => a - b)
  const problems = [
    ...(totals.length > 1 ? [{ kind: 'mixed-totals', totals } as const] : []),
    ...shards.filter(isOutOfRange).map(({ path, number, total }) => toBadNumber(path, number, total)),
    ...totals.flatMap((total) => findMissing(shards.filter((shard) => shard.total === total))),
  ]
  return { name, totals, paths: shards.map(({ path }) => path), problems }
}

function isOutOfRange({ number, total }: Shard): boolean {
  return number === 0 || number > total
}

function toBadNumber(path: string, number: number, total: number): ShardSetProblem {
  return { kind: 'bad-number', path, number, total }
}

/** The missing ones of shards that have one total. */
function findMissing(shards: readonly Shard[]): readonly ShardSetProblem[] {
  const [first] = shards
  if (first === undefined) return []
  const present = new Set(shards.filter((shard) => !isOutOfRange(shard)).map(({ number }) => number))
  const count = first.total - present.size
  if (count === 0) return []
  const paths: string[] = []
  for (let number = 1; number <= first.total && paths.length < MAX_MISSING; number++) {
    if (!present.has(number)) paths.push(first.toPath(number))
  }
  return [{ kind: 'missing-shards', paths, count }]
}
