import { constants } from 'node:fs'
import { lstat, open, stat } from 'node:fs/promises'
import { isMissing, toFileError, withFileErrors } from '@catalog/system-calls'
import { CatalogError } from '@catalog/types'
import { findChanges } from './fingerprint.ts'
import type { RegularFile } from './regular-file.ts'

/** How a file was reached. */
export interface NamedFile {
  readonly path: string
  readonly followSymlink: boolean
}

/** Nothing may follow the last byte. Files of /proc say that they are empty and yet can be read. */
export async function readPastEnd({ handle, sizeBytes }: RegularFile): Promise<number> {
  const { bytesRead } = await handle.read(new Uint8Array(1), 0, 1, sizeBytes)
  return bytesRead
}

/** FILE_CHANGED unless descriptor and path are in the state of the opening and all bytes of it were read. */
export async function assertUnchanged(file: RegularFile, readBytes: number, named: NamedFile): Promise<void> {
  const changed = await findFileChanges(file, named)
  const isWhole = readBytes === file.sizeBytes
  if (changed.length === 0 && isWhole) return
  const fields = isWhole || changed.includes('size') ? changed : ['size', ...changed]
  throw createFileChanged(named.path, fields)
}

/**
 * FILE_CHANGED unless the path leads to the file in the state of the opening also for who opens it anew: a network file
 * system asks its server only then.
 */
export async function assertReopened({ stats, target }: RegularFile, { path }: NamedFile): Promise<void> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW
  const handle = await withFileErrors('open', path, () => open(target, flags))
  try {
    const now = await withFileErrors('fstat', path, () => handle.stat({ bigint: true }))
    const changed = findChanges(stats, now)
    if (changed.length > 0) throw createFileChanged(path, changed)
  } finally {
    await handle.close()
  }
}

/** FILE_CHANGED unless the path still leads to the file, even if it was written to. */
export async function assertSameFile(file: RegularFile, named: NamedFile): Promise<void> {
  const changed = await findFileChanges(file, named)
  const replaced = changed.filter((field) => ['path', 'dev', 'ino'].includes(field))
  if (replaced.length > 0) throw createFileChanged(named.path, replaced)
}

/** `changed` names the fields of `stat` that did not stay, and `path` where nothing is left there. */
export function createFileChanged(path: string, changed: readonly string[]): CatalogError<'FILE_CHANGED'> {
  const message = `${path} changed while it was read: ${changed.join(', ')}`
  return new CatalogError('FILE_CHANGED', message, { path, changed })
}

/** The descriptor tells of writes to the file, the path of another file in its place. */
async function findFileChanges(
  file: RegularFile,
  { path, followSymlink }: NamedFile,
): Promise<readonly string[]> {
  const look = followSymlink ? stat : lstat
  const byDescriptor = await withFileErrors('fstat', path, () => file.handle.stat({ bigint: true }))
  try {
    return findChanges(file.stats, byDescriptor, await look(path, { bigint: true }))
  } catch (error) {
    if (!isMissing(error)) throw toFileError(error, 'stat', path)
    return ['path', ...findChanges(file.stats, byDescriptor)]
  }
}
