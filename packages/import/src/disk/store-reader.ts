import { isUtf8 } from 'node:buffer'
import type { Dirent, Stats } from 'node:fs'
import { constants, lstat, open, readdir, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { UnusableError } from '../candidate/scan-problem.ts'

/** The largest manifest or side file that is read. The index of a repository of 100,000 files has about 20 MB. */
export const MAX_TEXT_BYTES: number = 32 * 1024 * 1024
/** The most names of one directory. */
const MAX_NAMES = 1_000_000
const UTF8 = new TextDecoder()

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

/** A reader for all that is below a directory. Rejects with the system's error if there is none. */
export async function openStoreReader(directory: string): Promise<StoreReader> {
  const root = await realpath(resolve(directory))
  const finder = createFinder(root)
  const findSomething = async (path: string, kind?: NameKind): Promise<FoundEntry> => {
    const found = await finder.find(path, kind)
    if (found === undefined) throw new UnusableError('missing-file', path, 'does not exist')
    return found
  }
  const reader: StoreReader = {
    root,
    find: (path) => finder.find(path),
    async list(path) {
      const isReal = await finder.enter(path)
      if (!isReal && (await findSomething(path)).kind !== 'directory') {
        throw new UnusableError('not-a-file', path, 'is not a directory')
      }
      return await listDirectory(path)
    },
    async file(path, kind) {
      const found = await findSomething(path, kind)
      if (found.kind !== 'file') throw new UnusableError('not-a-file', path, 'is not a regular file')
      return found
    },
    async kindOfTarget(path) {
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

async function listDirectory(path: string): Promise<DirectoryListing> {
  const entries = await attempt(path, () => readdir(path, { withFileTypes: true, encoding: 'buffer' }))
  if (entries.length > MAX_NAMES) {
    throw new UnusableError('too-many', path, `has ${entries.length} names, and ${MAX_NAMES} is the limit`)
  }
  const names: ListedName[] = []
  for (const entry of entries) {
    if (isUtf8(entry.name)) names.push({ name: entry.name.toString(), kind: kindOf(entry) })
  }
  names.sort((a, b) => (a.name < b.name ? -1 : 1))
  const kinds = new Map(names.map(({ name, kind }) => [name, kind]))
  return {
    path,
    names,
    undecodable: entries.length - names.length,
    has: (name, kind) => kinds.has(name) && (kind === undefined || kinds.get(name) === kind),
  }
}

function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): NameKind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'directory'
  return entry.isSymbolicLink() ? 'link' : 'other'
}

interface Finder {
  find(path: string, kind?: NameKind): Promise<FoundEntry | undefined>
  /** Whether a path is real and that of something below the root; the files in it are found faster then. */
  enter(path: string): Promise<boolean>
}

function createFinder(root: string): Finder {
  // Real paths are slow to get. In a directory whose path is real, only links need one.
  let realDirectory = root
  const enter = async (path: string): Promise<boolean> => {
    if (path === realDirectory) return true
    if (!isBelow(root, path) || (await realpath(path).catch(() => undefined)) !== path) return false
    realDirectory = path
    return true
  }
  const find = async (path: string, kind?: NameKind): Promise<FoundEntry | undefined> => {
    if (kind === 'link') return await follow(root, path)
    const place = await lstat(path).catch(() => undefined)
    if (place === undefined || place.isSymbolicLink() || !isBelow(root, path)) return await follow(root, path)
    return (await enter(dirname(path))) ? toFound(path, path, place) : await follow(root, path)
  }
  return { find, enter }
}

async function follow(root: string, path: string): Promise<FoundEntry | undefined> {
  // The directory may itself be reached by links: what counts is where it really is.
  const realPath = await findTarget(path)
  if (realPath === undefined) return undefined
  if (!isBelow(root, realPath)) {
    throw new UnusableError('link-out-of-store', path, `leads out of the scanned directory, to ${realPath}`)
  }
  return toFound(path, realPath, await attempt(path, () => lstat(realPath)))
}

/** Whether a path is the root or below it. */
export function isBelow(root: string, path: string): boolean {
  const inside = relative(root, path)
  return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)
}

function toFound(path: string, realPath: string, stats: Stats): FoundEntry {
  return {
    path,
    realPath,
    kind: kindOfEntry(stats),
    sizeBytes: stats.size,
    mtimeMs: stats.mtimeMs,
    inode: `${stats.dev}:${stats.ino}`,
  }
}

function kindOfEntry(stats: Stats): Exclude<NameKind, 'link'> {
  const kind = kindOf(stats)
  return kind === 'link' ? 'other' : kind
}

/** The real path; undefined if nothing has that name. A link that leads nowhere is a problem of its own. */
async function findTarget(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ELOOP')
      throw new UnusableError('link-loop', path, 'is a symbolic link that leads to itself')
    if (errno !== 'ENOENT' && errno !== 'ENOTDIR') throw toUnreadable(error, path)
    const directory = await realpath(dirname(path)).catch(() => undefined)
    const isLink = directory !== undefined && (await lstat(path).catch(() => undefined))?.isSymbolicLink()
    if (isLink) throw new UnusableError('dangling-link', path, 'is a symbolic link that leads to nothing')
    return undefined
  }
}

async function readBytes(path: string, sizeBytes: number): Promise<Uint8Array> {
  // What was a regular file a moment ago may be a FIFO by now, which would wait for a writer.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const handle = await attempt(path, () => open(path, flags))
  try {
    const bytes = new Uint8Array(sizeBytes)
    let length = 0
    while (length < bytes.length) {
      const { bytesRead } = await attempt(path, () =>
        handle.read(bytes, length, bytes.length - length, length),
      )
      if (bytesRead === 0) break
      length += bytesRead
    }
    return bytes.subarray(0, length)
  } finally {
    await handle.close()
  }
}

function decode(path: string, bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new UnusableError('broken-manifest', path, 'is not UTF-8')
  return UTF8.decode(bytes)
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toUnreadable(error, path)
  }
}

function toUnreadable(error: unknown, path: string): UnusableError {
  const errno = errnoOf(error)
  // What was there a moment ago.
  if (errno === 'ENOENT') return new UnusableError('missing-file', path, 'does not exist', { cause: error })
  if (errno === 'ENOTDIR')
    return new UnusableError('not-a-file', path, 'is not a directory', { cause: error })
  return new UnusableError('unreadable', path, `cannot be read: ${errno}`, { cause: error })
}

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

/** A path below a directory, from segments of a manifest, which must not lead out of it. */
export function joinBelow(directory: string, path: string): string | undefined {
  const segments = path.split('/')
  const isOdd = segments.some((segment) => segment === '' || segment === '.' || segment === '..')
  return isOdd || path.includes('\0') || path.includes('\\') ? undefined : join(directory, ...segments)
}
