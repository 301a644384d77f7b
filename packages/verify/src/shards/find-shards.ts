import { createInvalidInput } from '@catalog/types'

/** More missing shards than this are counted, not named: a hostile name can ask for 999,999. */
export const MAX_MISSING = 100
// Data sets and TensorFlow's checkpoints are named alike but count from 0; they are not shards of these sets.
const COUNTED_FROM_ZERO = /\.(?:parquet|arrow|tfrecord)$/u
const TENSORFLOW_PREFIX = /\.data-$/u

/** One problem with a set of shards, judged by names alone. */
export type ShardSetProblem =
  /** The names of the first hundred that are missing, and how many are missing in all. */
  | { readonly kind: 'missing-shards'; readonly paths: readonly string[]; readonly count: number }
  /** Shards of different sets lie side by side: which belong together, names do not tell. */
  | { readonly kind: 'mixed-totals'; readonly totals: readonly number[] }
  /** A number that is 0 or greater than the total. */
  | { readonly kind: 'bad-number'; readonly path: string; readonly number: number; readonly total: number }

/** The shards whose paths differ only in their numbers. */
export interface ShardSet {
  /** The path without the numbers: `sub/model.safetensors`. */
  readonly name: string
  /** The numbers of shards that the names state: only one in a good set. */
  readonly totals: readonly number[]
  /** Ordered by their numbers. */
  readonly paths: readonly string[]
  readonly problems: readonly ShardSetProblem[]
}

interface Shard {
  readonly path: string
  readonly name: string
  readonly number: number
  /** Undefined if the names do not say it: then the last that is there may be the last. */
  readonly total: number | undefined
  /** The number of the first shard of a set. */
  readonly first: number
  /** A set has at least so many. */
  readonly minCount: number
  readonly toPath: (number: number) => string
}

/** How tools name shards. `before`, `number`, perhaps `total`, and `after` make up the path. */
interface Naming {
  readonly pattern: RegExp
  readonly first: number
  readonly minCount: number
}

const NAMINGS: readonly Naming[] = [
  // transformers and gguf-split: model-00001-of-00005.safetensors; others with any number of digits.
  {
    pattern: /^(?<before>.*[-_.])(?<number>\d{1,6})(?<middle>-of-)(?<total>\d{1,6})(?<after>\.[^/]*)?$/su,
    ...{ first: 1, minCount: 1 },
  },
  // Parts that are joined with cat: model.gguf.part1of2, model.gguf-split-a.
  {
    pattern: /^(?<before>.*\.part)(?<number>\d{1,6})(?<middle>of)(?<total>\d{1,6})$/su,
    ...{ first: 1, minCount: 1 },
  },
  { pattern: /^(?<before>.*-split-)(?<number>[a-z])$/su, first: 0, minCount: 2 },
  // Meta's checkpoints: consolidated.00.pth.
  {
    pattern: /^(?<before>(?:.*\/)?consolidated\.)(?<number>\d{2})(?<after>\.[^/.]+)$/su,
    ...{ first: 0, minCount: 1 },
  },
]
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/**
 * The sets of shards among paths (`/` between segments), by names like `model-00001-of-00005.safetensors` of
 * any extension and number of digits, `model.gguf.part1of2`, `model.gguf-split-a` and `consolidated.00.pth`,
 * and what is wrong with each. Does not access the disk.
 *
 * @throws {CatalogError} INVALID_INPUT if the argument is not a list of strings
 */
export function findShards(paths: readonly string[]): readonly ShardSet[] {
  if (!Array.isArray(paths) || paths.some((path) => typeof path !== 'string'))
    throw createInvalidInput([{ field: 'paths', problem: 'must be a list of strings' }])
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
  for (const { pattern, ...naming } of NAMINGS) {
    const { before, number, middle = '', total, after = '' } = pattern.exec(path)?.groups ?? {}
    if (before === undefined || number === undefined) continue
    if (COUNTED_FROM_ZERO.test(after) || TENSORFLOW_PREFIX.test(before)) return undefined
    const isLetter = LETTERS.includes(number)
    const format = (other: number): string =>
      isLetter ? (LETTERS[other] ?? `${other}`) : String(other).padStart(number.length, '0')
    return {
      ...naming,
      path,
      name: before.replace(/(?:-split-|\.part|[-_.])$/u, '') + after,
      number: isLetter ? LETTERS.indexOf(number) : Number(number),
      total: total === undefined ? undefined : Number(total),
      toPath: (other) => `${before}${format(other)}${middle}${total ?? ''}${after}`,
    }
  }
  return undefined
}

function toSet(name: string, shards: readonly Shard[]): ShardSet {
  const declared = new Set(shards.map(({ total }) => total))
  const totals = [...declared].filter((total) => total !== undefined).sort((a, b) => a - b)
  const problems = [
    ...(totals.length > 1 ? [{ kind: 'mixed-totals', totals } as const] : []),
    ...shards.filter(isOutOfRange).map(toBadNumber),
    ...[...totals, ...(declared.has(undefined) ? [undefined] : [])].flatMap((total) =>
      findMissing(shards.filter((shard) => shard.total === total)),
    ),
  ]
  const paths = [...shards].sort((a, b) => a.number - b.number).map(({ path }) => path)
  return { name, totals, paths, problems }
}

function isOutOfRange({ number, total, first }: Shard): boolean {
  return number < first || (total !== undefined && number > total)
}

function toBadNumber({ path, number, total = 0 }: Shard): ShardSetProblem {
  return { kind: 'bad-number', path, number, total }
}

/** The missing ones of shards that have one total, or none. */
function findMissing(shards: readonly Shard[]): readonly ShardSetProblem[] {
  const [any] = shards
  if (any === undefined) return []
  const { first, minCount, toPath } = any
  const present = new Set(shards.filter((shard) => !isOutOfRange(shard)).map(({ number }) => number))
  const last = any.total ?? Math.max(first + minCount - 1, ...present)
  const count = last - first + 1 - present.size
  if (count === 0) return []
  const paths: string[] = []
  for (let number = first; number <= last && paths.length < MAX_MISSING; number++) {
    if (!present.has(number)) paths.push(toPath(number))
  }
  return [{ kind: 'missing-shards', paths, count }]
}
