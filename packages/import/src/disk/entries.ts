/** Room `disk`: reading the store of another program within bounds, and never changing it. */

import type { Dirent } from 'node:fs'

export type NameKind = 'file' | 'directory' | 'link' | 'other'

/** One name in a directory. */
export interface ListedName {
  readonly name: string
  readonly kind: NameKind
}

/** The names in a directory, sorted. */
export interface DirectoryListing {
  /** Absolute. */
  readonly path: string
  readonly names: readonly ListedName[]
  /** How many names are not UTF-8. They are not in `names`. */
  readonly undecodable: number
  has(name: string, kind?: NameKind): boolean
}

/** What is at a path, after its link was followed. */
export interface FoundEntry {
  /** The path that was asked for. */
  readonly path: string
  /** Where the bytes are: another path if the asked one is a link. */
  readonly realPath: string
  readonly kind: Exclude<NameKind, 'link'>
  readonly sizeBytes: number
  readonly mtimeMs: number
  /** Device and inode: equal for two names of one file. */
  readonly inode: string
}

/** The kind of an entry, as the system tells it. */
export function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): NameKind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'directory'
  return entry.isSymbolicLink() ? 'link' : 'other'
}

/** A listing as if some of its names were not there. */
export function withoutNames(listing: DirectoryListing, names: ReadonlySet<string>): DirectoryListing {
  return {
    ...listing,
    names: listing.names.filter(({ name }) => !names.has(name)),
    has: (name, kind) => !names.has(name) && listing.has(name, kind),
  }
}
