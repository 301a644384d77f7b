import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises'
import { kindOf, withFileErrors } from '@catalog/system-calls'
import { CatalogError, isCatalogError } from '@catalog/types'

// Windows has neither flag; there they are undefined, which `|` takes as 0.
const OPEN_FLAGS = constants.O_NONBLOCK | constants.O_NOFOLLOW

/** An open regular file, with what `fstat` said before the first byte was read. */
export interface RegularFile {
  readonly handle: FileHandle
  /** The path behind all links. */
  readonly target: string
  readonly stats: BigIntStats
  readonly sizeBytes: number
}

/** `lstat` of a regular file, or of the regular file that an allowed symbolic link leads to. */
export async function statRegularFile(path: string, followSymlink: boolean): Promise<BigIntStats> {
  const { stats } = await locateRegularFile(path, followSymlink)
  return stats
}

/**
 * Opens what is a regular file both by name and by descriptor. The look by name comes first because opening
 * a device can have effects; the look at the descriptor counts, because the name may have changed hands.
 */
export async function openRegularFile(
  path: string,
  followSymlink: boolean,
  access: number = constants.O_RDONLY,
): Promise<RegularFile> {
  const { target } = await locateRegularFile(path, followSymlink)
  return await openWithoutWaiting(target, path, access)
}

/** The size as a number; beyond 2^53 bytes it has none, and such a file is sparse or made up. */
export function toSizeBytes(stats: BigIntStats, path: string): number {
  const sizeBytes = Number(stats.size)
  if (Number.isSafeInteger(sizeBytes)) return sizeBytes
  const details = { operation: 'stat', path, errno: 'EFBIG' }
  throw new CatalogError('IO', `${path} has ${stats.size} bytes, more than can be counted`, details)
}

/**
 * Opens and checks the descriptor. O_NONBLOCK because opening a FIFO would wait for a writer and
 * hold one of the few threads of libuv; O_NOFOLLOW because the name may have become a link since the look at it.
 */
export async function openWithoutWaiting(
  target: string,
  path: string,
  access: number = constants.O_RDONLY,
): Promise<RegularFile> {
  const handle = await withFileErrors('open', path, () => open(target, access | OPEN_FLAGS)).catch(
    (error) => {
      throw isLinkRefused(error) ? createNotRegular(path, 'symbolic link', error) : error
    },
  )
  try {
    const stats = await withFileErrors('fstat', path, () => handle.stat({ bigint: true }))
    assertRegular(stats, path)
    return { handle, target, stats, sizeBytes: toSizeBytes(stats, path) }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function locateRegularFile(
  path: string,
  followSymlink: boolean,
): Promise<{ target: string; stats: BigIntStats }> {
  const named = await withFileErrors('lstat', path, () => lstat(path, { bigint: true }))
  if (!named.isSymbolicLink() || !followSymlink) {
    assertRegular(named, path)
    return { target: path, stats: named }
  }
  const target = await withFileErrors('realpath', path, () => realpath(path))
  const stats = await withFileErrors('lstat', path, () => lstat(target, { bigint: true }))
  assertRegular(stats, path)
  return { target, stats }
}

function isLinkRefused(error: unknown): boolean {
  return isCatalogError(error, 'IO') && error.details.errno === 'ELOOP'
}

/** NOT_A_REGULAR_FILE for what is none. */
export function assertRegular(stats: BigIntStats, path: string): void {
  if (!stats.isFile()) throw createNotRegular(path, kindOf(stats))
}

function createNotRegular(path: string, kind: string, cause?: unknown): CatalogError<'NOT_A_REGULAR_FILE'> {
  const message = `${path} is not a regular file but a ${kind}`
  return new CatalogError('NOT_A_REGULAR_FILE', message, { path, kind }, { cause })
}
