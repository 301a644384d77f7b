import type { Stats } from 'node:fs'
import { lstat, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UnusableError } from '../candidate/scan-problem.ts'
import { type FoundEntry, kindOf, type NameKind } from './entries.ts'
import { isBelow } from './paths-below.ts'
import { attempt, errnoOf, toUnreadable } from './system-errors.ts'

/** Finds what is at paths below a root. */
export interface Finder {
  find(path: string, kind?: NameKind): Promise<FoundEntry | undefined>
  /** Whether a path is real and that of something below the root; the files in it are found faster then. */
  enter(path: string): Promise<boolean>
}

export function createFinder(root: string): Finder {
  // Real paths are slow to get. In a directory whose path is real, only links need one.
  let realDirectory = root
  const enter = async (path: string): Promise<boolean> => {
    if (!isBelow(root, path) || (await realpath(path).catch(() => undefined)) !== path) return false
    realDirectory = path
    return true
  }
  const find = async (path: string, kind?: NameKind): Promise<FoundEntry | undefined> => {
    if (kind === 'link') return await follow(root, path)
    const place = await lstat(path).catch(() => undefined)
    if (place === undefined || place.isSymbolicLink() || !isBelow(root, path)) return await follow(root, path)
    const directory = dirname(path)
    const isReal = directory === realDirectory || (await enter(directory))
    return isReal ? toFound(path, path, place) : await follow(root, path)
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

/** What is at the end of links. */
export function kindOfEntry(stats: Stats): Exclude<NameKind, 'link'> {
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
