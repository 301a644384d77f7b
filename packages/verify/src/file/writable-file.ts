import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'
import { withFileErrors, writeAt } from '@catalog/system-calls'
import { isCatalogError } from '@catalog/types'
import { assertRegular } from './regular-file.ts'

// Windows has neither flag; there they are undefined, which `|` takes as 0.
const SAFE_FLAGS = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW

/** A regular file open for reading and writing. */
export interface WritableFile {
  readonly handle: FileHandle
  readonly stats: BigIntStats
}

/**
 * Opens a regular file for reading and writing, created if missing if `create`. Never follows a link or waits for the
 * other end of a pipe. FILE_MISSING, NOT_A_REGULAR_FILE, IO.
 */
export async function openWritableFile(path: string, create: boolean): Promise<WritableFile> {
  const named = await withFileErrors('lstat', path, () => lstat(path, { bigint: true })).catch((error) => {
    if (create && isCatalogError(error, 'FILE_MISSING')) return undefined
    throw error
  })
  if (named !== undefined) assertRegular(named, path)
  return await openAtOnce(path, create)
}

/** Checks the descriptor: the name may have changed hands since the look at it. */
export async function openAtOnce(path: string, create: boolean): Promise<WritableFile> {
  const flags = SAFE_FLAGS | (create ? constants.O_CREAT : 0)
  const handle = await withFileErrors('open', path, () => open(path, flags))
  try {
    const stats = await withFileErrors('fstat', path, () => handle.stat({ bigint: true }))
    assertRegular(stats, path)
    return { handle, stats }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Writes all bytes at a position, however few each call to the system takes. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  const write = async (rest: Uint8Array, at: number): Promise<number> =>
    (await handle.write(rest, 0, rest.length, at)).bytesWritten
  await writeAt(write, position, bytes)
}
