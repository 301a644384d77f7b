/** Room `files`: the files of models: what their names promise, and whether all are there. */

import { join, posix } from 'node:path'
import { UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing, FoundEntry, ListedName } from '../disk/entries.ts'
import { mapInOrder } from '../disk/map-in-order.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { classify, finalNameOf, isOpenDownload } from './file-names.ts'

/** One file of a model, looked at. */
export interface SeenFile {
  /** Relative to the directory, `/` between segments. */
  readonly path: string
  readonly found: FoundEntry
}

/** A file that cannot be used, and why. */
export interface BrokenFile {
  readonly path: string
  readonly error: UnusableError
}

/** The files of a directory, sorted by path. */
export interface DirectoryFiles {
  readonly files: readonly SeenFile[]
  readonly broken: readonly BrokenFile[]
  /** The paths of unfinished downloads. */
  readonly partials: readonly string[]
}

/** Which files are looked at: every look costs a call of the system. */
export interface FileChoice {
  readonly reader: StoreReader
  wants(path: string, kind: ListedName['kind']): boolean
}

/** The files of one directory, without hidden ones. `prefix` is put before their names. */
export async function filesOf(
  directory: DirectoryListing,
  { reader, wants }: FileChoice,
  prefix = '',
): Promise<DirectoryFiles> {
  const names = directory.names.filter(({ name, kind }) => kind !== 'directory' && !name.startsWith('.'))
  const partials = names.filter(({ name }) => isPartial(directory, name)).map(({ name }) => name)
  const isSkipped = new Set(partials)
  const wanted = names.filter(({ name, kind }) => !isSkipped.has(name) && wants(`${prefix}${name}`, kind))
  const seen = await mapInOrder(wanted, ({ name, kind }) =>
    seeFile(() => reader.file(join(directory.path, name), kind), `${prefix}${name}`),
  )
  return {
    files: seen.filter((file) => 'found' in file),
    broken: seen.filter((file) => 'error' in file),
    partials: uniqueDownloads(partials).map((name) => `${prefix}${name}`),
  }
}

function isPartial(directory: DirectoryListing, name: string): boolean {
  return classify(name) === 'partial' || isOpenDownload(directory, name)
}

/** A file and its control file are one download. */
function uniqueDownloads(partials: readonly string[]): readonly string[] {
  return [...new Map(partials.map((name) => [finalNameOf(name), name])).values()]
}

async function seeFile(look: () => Promise<FoundEntry>, path: string): Promise<SeenFile | BrokenFile> {
  try {
    return { path, found: await look() }
  } catch (error) {
    if (error instanceof UnusableError) return { path, error }
    throw error
  }
}

/** The name of the file that a partial one becomes. */
export function finalPathOf(partial: string): string {
  return posix.join(posix.dirname(partial), finalNameOf(posix.basename(partial)))
}
