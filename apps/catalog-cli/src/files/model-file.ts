import type { Stats } from 'node:fs'
import { lstat, stat } from 'node:fs/promises'
import { CatalogError } from 'model-catalog'
import type { LinkOptions } from './link-options.ts'
import { assertLinkAllowed } from './linked-file.ts'
import { createNotRegular, kindOf } from './not-regular.ts'

/**
 * Refuses what verification would refuse, before anything is registered for it: FILE_MISSING,
 * NOT_A_REGULAR_FILE, IO, with the same details as there.
 */
export async function assertModelFile(path: string, links: LinkOptions): Promise<void> {
  const stats = await lookAt(path, links)
  if (!stats.isFile()) throw createNotRegular(path, kindOf(stats))
}

/** Whether there is a directory at the path, or a link to one that is followed. */
export async function isDirectory(path: string, links: LinkOptions): Promise<boolean> {
  return (await lookAt(path, links)).isDirectory()
}

/** What is at the path, or where the link there leads, if it is followed. */
async function lookAt(path: string, links: LinkOptions): Promise<Stats> {
  const stats = await statFile(path)
  if (!stats.isSymbolicLink()) return stats
  await assertLinkAllowed(path, links)
  return await stat(path)
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
