import type { Stats } from 'node:fs'
import { lstat, realpath } from 'node:fs/promises'
import { CatalogError } from 'model-catalog'
import { HintedError } from '../problem/cli-errors.ts'

/**
 * Refuses what verification would refuse, before anything is registered for it: FILE_MISSING,
 * NOT_A_REGULAR_FILE, IO, with the same details as there.
 */
export async function assertModelFile(path: string): Promise<void> {
  const stats = await statFile(path)
  if (stats.isFile()) return
  const kind = kindOf(stats)
  const message = `${path} is not a regular file but a ${kind}`
  const error = new CatalogError('NOT_A_REGULAR_FILE', message, { path, kind })
  if (!stats.isSymbolicLink()) throw error
  throw new HintedError(error, await hintOfLink(path))
}

/** Whether there is a directory at the path, and no link to one. */
export async function isDirectory(path: string): Promise<boolean> {
  return (await statFile(path)).isDirectory()
}

async function statFile(path: string): Promise<Stats> {
  try {
    return await lstat(path)
  } catch (cause) {
    const { code: errno = 'unknown' } = cause as NodeJS.ErrnoException
    if (errno === 'ENOENT' || errno === 'ENOTDIR') {
      throw new CatalogError('FILE_MISSING', `there is no file at ${path}`, { path }, { cause })
    }
    const details = { operation: 'lstat', path, errno }
    throw new CatalogError('IO', `could not lstat ${path}: ${errno}`, details, { cause })
  }
}

function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'symbolic link'
  if (stats.isDirectory()) return 'directory'
  if (stats.isFIFO()) return 'fifo'
  if (stats.isSocket()) return 'socket'
  return stats.isBlockDevice() ? 'block device' : 'character device'
}

/** Download caches are full of links: say which file to give instead. */
async function hintOfLink(path: string): Promise<string> {
  try {
    return `it leads to ${await realpath(path)}: give that path`
  } catch {
    return 'it leads nowhere'
  }
}
