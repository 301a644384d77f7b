import { randomBytes } from 'node:crypto'
import { lstat, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isMissing, kindOf, syncDirectory, syncHandle, toFileError } from '@catalog/system-calls'
import { assertOptions } from '@catalog/types'
import { CatalogError } from 'model-catalog'
import { assertOutsideStores } from './assert-outside-stores.ts'

/** How a file is written. */
export interface ReplaceFileOptions {
  /** Cancels: the promise rejects with the signal's reason, and the file is as it was. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes a text to a file, in place of one that is there. It is written under a temporary name beside it, synced and
 * renamed: after a crash the file has all of the old or all of the new text.
 *
 * @throws {CatalogError} INVALID_INPUT if the file would be inside a catalog or a store of another tool
 * @throws {CatalogError} NOT_A_REGULAR_FILE if something else than a regular file has the name
 * @throws {CatalogError} FILE_MISSING if its directory does not exist
 * @throws {CatalogError} NO_SPACE if the disk is full
 * @throws {CatalogError} READ_ONLY if the file system is mounted read-only
 * @throws {CatalogError} IO if it cannot be written
 */
export async function replaceFile(
  path: string,
  text: string,
  options: ReplaceFileOptions = {},
): Promise<void> {
  assertOptions<ReplaceFileOptions>(options, { signal: 'signal' })
  const { signal } = options
  const target = resolve(path)
  await assertOutsideStores(target)
  await assertReplaceable(target)
  const temporary = temporaryName(target)
  try {
    await writeNewFile(temporary, text, signal)
    signal?.throwIfAborted()
    await rename(temporary, target)
    await syncDirectory(dirname(target))
  } catch (error) {
    await rm(temporary, { force: true })
    signal?.throwIfAborted()
    throw toFileError(error, 'write', target)
  }
}

/** A name beside a path, for what becomes it. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`)
}

/** Writes and syncs a file that must not exist. The system's errors are thrown as they are. */
export async function writeNewFile(
  path: string,
  text: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const handle = await open(path, 'wx')
  try {
    await handle.writeFile(text, signal && { signal })
    await syncHandle(handle)
  } finally {
    await handle.close()
  }
}

async function assertReplaceable(path: string): Promise<void> {
  try {
    const kind = kindOf(await lstat(path))
    if (kind === 'file') return
    throw new CatalogError('NOT_A_REGULAR_FILE', `${path} is a ${kind}`, { path, kind })
  } catch (error) {
    if (!isMissing(error)) throw toFileError(error, 'write', path)
  }
}
