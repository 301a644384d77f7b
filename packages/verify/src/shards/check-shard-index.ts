/** Room `shards`: whether a set of shards is whole. */

import { join, posix } from 'node:path'
import type { ReadFileOptions } from '@catalog/types'
import { readFileAt } from '../file/read-at.ts'
import { statRegularFile, toSizeBytes } from '../file/regular-file.ts'
import { explainUnlocated, type Unlocated } from '../file/root-directory.ts'
import { withRegularFile } from '../file/with-regular-file.ts'
import { MAX_MISSING } from './find-shards.ts'
import { isShardIndexName, MAX_INDEX_BYTES, parseShardIndex, type ShardIndex } from './shard-index.ts'

/** One problem with an index or with the shards that it names. */
export type ShardIndexProblem =
  /** The index cannot be believed: it is not JSON, too large, too deep, or names a path out of its directory. */
  | { readonly kind: 'bad-index'; readonly problem: string }
  | { readonly kind: 'missing-shards'; readonly paths: readonly string[]; readonly count: number }
  | { readonly kind: 'not-regular'; readonly path: string; readonly fileKind: string }
  /** All shards together have fewer bytes than the index says that their tensors have. */
  | { readonly kind: 'total-size'; readonly expectedBytes: number; readonly foundBytes: number }

/** An index, the shards that it names, and its problems. */
export interface ShardIndexCheck {
  readonly path: string
  /** Relative to the root, like all paths here. */
  readonly shards: readonly string[]
  readonly problems: readonly ShardIndexProblem[]
}

interface Place {
  readonly root: string
  readonly path: string
  readonly followSymlink: boolean
  readonly signal: AbortSignal
}

/** The shards that an index names, relative to it; none if the file is not an index, or not a credible one. */
export async function readShardNames(
  path: string,
  { followSymlink = false }: ReadFileOptions = {},
): Promise<readonly string[]> {
  if (!isShardIndexName(path)) return []
  const index = await readIndexFile(path, { followSymlink, signal: new AbortController().signal })
  return 'problem' in index ? [] : index.shards
}

/** Reads an index below a root and looks for the shards that it names. */
export async function checkShardIndex(place: Place): Promise<ShardIndexCheck> {
  const { path, signal } = place
  const index = await readIndex(place)
  if ('kind' in index) return { path, shards: [], problems: [index] }
  const shards = index.shards.map((shard) => posix.join(posix.dirname(path), shard))
  const sizes: number[] = []
  const special: ShardIndexProblem[] = []
  const missing: string[] = []
  for (const shard of shards) {
    signal.throwIfAborted()
    const found = await measureShard(shard, place)
    if (typeof found === 'number') sizes.push(found)
    else if (found.kind === 'not-regular') special.push({ ...found, path: shard })
    else missing.push(shard)
  }
  const isWhole = sizes.length === shards.length
  const tooSmall = isWhole ? findMissingBytes(index, sizes) : []
  return { path, shards, problems: [...toMissingProblems(missing), ...special, ...tooSmall] }
}

async function readIndex({
  root,
  path,
  followSymlink,
  signal,
}: Place): Promise<ShardIndex | ShardIndexProblem> {
  const name = join(root, path)
  try {
    const index = await readIndexFile(name, { followSymlink, signal })
    return 'problem' in index ? { kind: 'bad-index', problem: index.problem } : index
  } catch (error) {
    const unlocated = await explainUnlocated(error, name)
    if (unlocated === undefined) throw error
    const fileKind = unlocated.kind === 'not-regular' ? unlocated.fileKind : 'file that has vanished'
    return { kind: 'not-regular', path, fileKind }
  }
}

async function readIndexFile(
  path: string,
  options: Pick<Place, 'followSymlink' | 'signal'>,
): Promise<ShardIndex | { readonly problem: string }> {
  return await withRegularFile({ path, ...options }, async ({ handle, sizeBytes }) => {
    if (sizeBytes > MAX_INDEX_BYTES) return { problem: `has more than ${MAX_INDEX_BYTES} bytes` }
    return parseShardIndex(await readFileAt(handle, { path, offset: 0, length: sizeBytes }))
  })
}

async function measureShard(shard: string, { root, followSymlink }: Place): Promise<number | Unlocated> {
  const name = join(root, shard)
  try {
    return toSizeBytes(await statRegularFile(name, followSymlink), name)
  } catch (error) {
    const unlocated = await explainUnlocated(error, name)
    if (unlocated === undefined) throw error
    return unlocated
  }
}

function toMissingProblems(paths: readonly string[]): readonly ShardIndexProblem[] {
  if (paths.length === 0) return []
  return [{ kind: 'missing-shards', paths: paths.slice(0, MAX_MISSING), count: paths.length }]
}

function findMissingBytes(
  { totalBytes = 0 }: ShardIndex,
  sizes: readonly number[],
): readonly ShardIndexProblem[] {
  const foundBytes = sizes.reduce((sum, size) => sum + size, 0)
  return foundBytes < totalBytes ? [{ kind: 'total-size', expectedBytes: totalBytes, foundBytes }] : []
}
