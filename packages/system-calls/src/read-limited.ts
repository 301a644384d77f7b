import type { FileHandle } from 'node:fs/promises'
import { constants, open } from 'node:fs/promises'
import { CatalogError } from '@catalog/types'
import { readAt } from './bytes.ts'
import { errnoOf, toFileError, withFileErrors } from './disk-error.ts'
import { kindOf } from './file-kind.ts'

/** A regular file that is open for reading. */
export interface OpenFile {
  readonly handle: FileHandle
  readonly sizeBytes: number
}

/**
 * Opens a regular file for reading. A symbolic link with this name is not followed unless `followSymlink` says so, and a
 * FIFO does not wait for its writer. FILE_MISSING, NOT_A_REGULAR_FILE, IO.
 */
export async function openRegular(
  path: string,
  { followSymlink = false }: { readonly followSymlink?: boolean } = {},
): Promise<OpenFile> {
  const noFollow = followSymlink ? 0 : (constants.O_NOFOLLOW ?? 0)
  const handle = await openNow(path, constants.O_RDONLY | noFollow | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = await withFileErrors('stat', path, () => handle.stat())
    if (stats.isFile()) return { handle, sizeBytes: stats.size }
    const kind = kindOf(stats)
    throw new CatalogError('NOT_A_REGULAR_FILE', `${path} is a ${kind}`, { path, kind })
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function openNow(path: string, flags: number): Promise<FileHandle> {
  try {
    return await open(path, flags)
  } catch (error) {
    // What O_NOFOLLOW says of a link, and the system of links that lead to themselves.
    if (errnoOf(error) !== 'ELOOP') throw toFileError(error, 'open', path)
    const kind = 'symbolic link'
    throw new CatalogError('NOT_A_REGULAR_FILE', `${path} is a ${kind}`, { path, kind }, { cause: error })
  }
}

/**
 * All bytes of a regular file that has at most so many. DAMAGED if it has more, and the errors of `openRegular`.
 */
export async function readLimited(path: string, maxBytes: number): Promise<Uint8Array> {
  const { handle, sizeBytes } = await openRegular(path)
  try {
    if (sizeBytes > maxBytes) throw createTooLarge(path, maxBytes)
    // One byte more, in case it grows.
    const bytes = await withFileErrors('read', path, () =>
      readAt(
        async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
        0,
        sizeBytes + 1,
      ),
    )
    if (bytes.length > maxBytes) throw createTooLarge(path, maxBytes)
    return bytes
  } finally {
    await handle.close()
  }
}

function createTooLarge(path: string, maxBytes: number): CatalogError<'DAMAGED'> {
  const problem = `has more than the ${maxBytes} bytes that are read of it`
  return new CatalogError('DAMAGED', `${path} ${problem}`, { path, problem })
}
