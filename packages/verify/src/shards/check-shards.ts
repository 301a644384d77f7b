import { join } from 'node:path'
import { type FoundName, walkDirectory } from '@catalog/system-calls'
import { assertOptions, type OptionKinds } from '@catalog/types'
import { statRegularFile } from '../file/regular-file.ts'
import { explainUnlocated, resolveRoot } from '../file/root-directory.ts'
import { checkShardIndex, type ShardIndexCheck } from './check-shard-index.ts'
import { findShards, isShardName, type ShardSet, type ShardSetProblem } from './find-shards.ts'
import { isShardIndexName } from './shard-index.ts'

/** Options of `checkShards`. */
export interface ShardOptions {
  /** Cancels: the promise rejects with the signal's reason, and no file stays open. */
  readonly signal?: AbortSignal | undefined
  /** Whether a shard or an index may be a symbolic link, to anywhere. Default false. */
  readonly followSymlink?: boolean | undefined
}

const SHARD_OPTIONS: OptionKinds<ShardOptions> = { signal: 'signal', followSymlink: 'boolean' }

/** One problem with a set of shards in a directory. */
export type FoundShardProblem =
  | ShardSetProblem
  | { readonly kind: 'not-regular'; readonly path: string; readonly fileKind: string }

/** A set of shards in a directory. */
export interface FoundShardSet extends Omit<ShardSet, 'problems'> {
  readonly problems: readonly FoundShardProblem[]
}

/** The result for a directory. `complete` means that nothing is missing, not that the bytes are right. */
export interface ShardCheck {
  readonly outcome: 'complete' | 'incomplete' | 'no-shards'
  readonly sets: readonly FoundShardSet[]
  readonly indexes: readonly ShardIndexCheck[]
}

/**
 * Whether the sets of shards below a directory are complete: by the numbers in the names, and by each index
 * (`model.safetensors.index.json`). Reads the indexes and nothing else. A damaged or hostile index is a
 * problem in the result. Symbolic links to directories are not followed. Rejects with the signal's reason
 * once it is aborted.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid, or the root is not a directory
 * @throws {CatalogError} FILE_MISSING if the root does not exist
 * @throws {CatalogError} FILE_CHANGED if an index changed while it was read
 * @throws {CatalogError} IO if the disk cannot be read
 */
export async function checkShards(root: string, options: ShardOptions = {}): Promise<ShardCheck> {
  assertOptions(options, SHARD_OPTIONS)
  const { signal = new AbortController().signal, followSymlink = false } = options
  signal.throwIfAborted()
  const real = await resolveRoot(root)
  const names = await listShardNames(real, signal)
  const sets: FoundShardSet[] = []
  for (const set of findShards([...names.keys()])) {
    signal.throwIfAborted()
    sets.push(await addSpecialFiles(set, { root: real, names, followSymlink }))
  }
  const indexes: ShardIndexCheck[] = []
  for (const path of [...names.keys()].filter(isShardIndexName).sort()) {
    indexes.push(await checkShardIndex({ root: real, path, followSymlink, signal }))
  }
  return { outcome: outcomeOf([...sets, ...indexes]), sets, indexes }
}

async function listShardNames(
  root: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FoundName['kind']>> {
  const names = new Map<string, FoundName['kind']>()
  for await (const { path, kind } of walkDirectory(root, { signal })) {
    if (isShardName(path) || isShardIndexName(path)) names.set(path, kind)
  }
  return names
}

async function addSpecialFiles(
  set: ShardSet,
  found: { root: string; names: ReadonlyMap<string, FoundName['kind']>; followSymlink: boolean },
): Promise<FoundShardSet> {
  const special: FoundShardProblem[] = []
  for (const path of set.paths.filter((name) => found.names.get(name) !== 'file')) {
    const fileKind = await findSpecialKind(join(found.root, path), found.followSymlink)
    if (fileKind !== undefined) special.push({ kind: 'not-regular', path, fileKind })
  }
  return { ...set, problems: [...set.problems, ...special] }
}

/** What stands where a regular file should; undefined for a regular file, or an allowed link to one. */
async function findSpecialKind(path: string, followSymlink: boolean): Promise<string | undefined> {
  try {
    await statRegularFile(path, followSymlink)
    return undefined
  } catch (error) {
    const unlocated = await explainUnlocated(error, path)
    if (unlocated === undefined) throw error
    return unlocated.kind === 'not-regular' ? unlocated.fileKind : 'file that has vanished'
  }
}

function outcomeOf(found: readonly { readonly problems: readonly unknown[] }[]): ShardCheck['outcome'] {
  if (found.length === 0) return 'no-shards'
  return found.every(({ problems }) => problems.length === 0) ? 'complete' : 'incomplete'
}
