import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing, FoundEntry, NameKind } from './entries.ts'
import { createFinder, kindOfEntry } from './find-entry.ts'
import { listDirectory } from './list-directory.ts'
import { decode, readBytes } from './read-bytes.ts'
import type { ScanRecord } from './scan-record.ts'

/** The largest manifest or side file that is read. The index of a repository of 100,000 files has about 20 MB. */
const MAX_TEXT_BYTES = 32 * 1024 * 1024

/**
 * Reads below one directory. Follows symbolic links that lead to somewhere below it, and refuses all others.
 * Every method rejects with an UnusableError if something cannot be read; nothing is written, locked or
 * touched.
 */
export interface StoreReader {
  /** The real path of the directory that the scan was asked for. */
  readonly root: string
  /** UnusableError `missing-file` if nothing is at the path, `not-a-file` if it is not a directory. */
  list(path: string): Promise<DirectoryListing>
  /** The listings since the last call that have names which are not UTF-8, each directory once. */
  takeUndecodable(): readonly DirectoryListing[]
  /** Undefined if nothing is at the path. */
  find(path: string): Promise<FoundEntry | undefined>
  /**
   * A regular file. UnusableError `missing-file` if nothing is there, `not-a-file` if it is something else. The
   * kind is what a listing said: of a link, one call of the system is saved.
   */
  file(path: string, kind?: NameKind): Promise<FoundEntry>
  /** What a symbolic link leads to, wherever that is; undefined if it leads to nothing. */
  kindOfTarget(path: string): Promise<Exclude<NameKind, 'link'> | undefined>
  /** The text of a regular file of at most `maxBytes`. UnusableError `broken-manifest` for a larger one. */
  readText(path: string, maxBytes?: number): Promise<string>
  /** The first bytes of a regular file. */
  readHead(path: string, bytes: number): Promise<Uint8Array>
}

/**
 * A reader for all that is below a directory, which tells the record what it looks at. Rejects with the system's error
 * if there is none.
 */
export async function openStoreReader(directory: string, record?: ScanRecord): Promise<StoreReader> {
  await record?.note(resolve(directory))
  const root = await realpath(resolve(directory))
  const finder = createFinder(root)
  const find = async (path: string, kind?: NameKind): Promise<FoundEntry | undefined> => {
    await record?.note(path)
    return await finder.find(path, kind)
  }
  const findSomething = async (path: string, kind?: NameKind): Promise<FoundEntry> => {
    const found = await find(path, kind)
    if (found === undefined) throw new UnusableError('missing-file', path, 'does not exist')
    return found
  }
  const undecodable = new Map<string, DirectoryListing>()
  const told = new Set<string>()
  const reader: StoreReader = {
    root,
    takeUndecodable() {
      const listings = [...undecodable.values()].filter(({ path }) => !told.has(path))
      for (const { path } of listings) told.add(path)
      undecodable.clear()
      return listings
    },
    find: (path) => find(path),
    async list(path) {
      await record?.note(path)
      const isReal = await finder.enter(path)
      if (!isReal && (await findSomething(path)).kind !== 'directory') {
        throw new UnusableError('not-a-file', path, 'is not a directory')
      }
      const listing = await listDirectory(path)
      if (listing.undecodable > 0) undecodable.set(path, listing)
      return listing
    },
    async file(path, kind) {
      const found = await findSomething(path, kind)
      if (found.kind !== 'file') throw new UnusableError('not-a-file', path, 'is not a regular file')
      return found
    },
    async kindOfTarget(path) {
      await record?.note(path)
      const stats = await stat(path).catch(() => undefined)
      return stats === undefined ? undefined : kindOfEntry(stats)
    },
    async readText(path, maxBytes = MAX_TEXT_BYTES) {
      const { realPath, sizeBytes } = await reader.file(path)
      if (sizeBytes > maxBytes) {
        throw new UnusableError(
          'broken-manifest',
          path,
          `has ${sizeBytes} bytes, and ${maxBytes} is the limit`,
        )
      }
      return decode(path, await readBytes(realPath, sizeBytes))
    },
    async readHead(path, bytes) {
      const { realPath, sizeBytes } = await reader.file(path)
      return await readBytes(realPath, Math.min(bytes, sizeBytes))
    },
  }
  return reader
}
