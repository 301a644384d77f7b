import { join } from 'node:path'
import { UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { type DirectoryFiles, filesOf } from './directory-files.ts'

/** The most files of one model. */
const MAX_FILES = 2000
const MAX_DEPTH = 8

export interface FilesBelow extends DirectoryFiles {
  /** The directories below that are left out. */
  readonly others: readonly DirectoryListing[]
}

export interface BelowOptions {
  readonly reader: StoreReader
  /** Whether a directory below is not part of this one. Default: all are. */
  readonly isOther?: ((directory: DirectoryListing) => boolean) | undefined
  /** Whether a file, by its absolute path, is left out. Default: none is. */
  readonly isRecord?: ((absolute: string) => boolean) | undefined
}

/**
 * All files of a directory and of those below it, without hidden ones, sorted by path. UnusableError
 * `too-many` beyond a limit.
 */
export async function filesBelow(
  top: DirectoryListing,
  { reader, isOther = () => false, isRecord = () => false }: BelowOptions,
): Promise<FilesBelow> {
  const all: DirectoryFiles[] = []
  const others: DirectoryListing[] = []
  let count = 0
  const visit = async (directory: DirectoryListing, prefix: string, depth: number): Promise<void> => {
    count += directory.names.length
    if (count > MAX_FILES) throw new UnusableError('too-many', top.path, `has more than ${MAX_FILES} files`)
    if (depth > MAX_DEPTH) {
      throw new UnusableError('too-many', directory.path, `is nested deeper than ${MAX_DEPTH} levels`)
    }
    const wants = (path: string): boolean => !isRecord(join(top.path, path))
    all.push(await filesOf(directory, { reader, wants }, prefix))
    for (const { name, kind } of directory.names) {
      if (kind !== 'directory' || name.startsWith('.')) continue
      const below = await reader.list(join(directory.path, name))
      if (isOther(below)) others.push(below)
      else await visit(below, `${prefix}${name}/`, depth + 1)
    }
  }
  await visit(top, '', 0)
  return {
    files: all.flatMap(({ files }) => files).sort((a, b) => (a.path < b.path ? -1 : 1)),
    broken: all.flatMap(({ broken }) => broken),
    partials: all.flatMap(({ partials }) => partials),
    others,
  }
}
