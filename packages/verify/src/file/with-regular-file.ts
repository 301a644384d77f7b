import type { FileHandle } from 'node:fs/promises'
import { withFileErrors } from '@catalog/system-calls'
import { CatalogError } from '@catalog/types'
import { findChanges } from './fingerprint.ts'
import { openRegularFile, type RegularFile } from './regular-file.ts'

/** Which file to open, and how. */
export interface OpeningRequest {
  readonly path: string
  readonly followSymlink: boolean
  readonly signal: AbortSignal
}

/**
 * Opens a regular file for some work and closes it however that ends. What the work found counts only if the open
 * file did not change meanwhile and has nothing behind its end. FILE_MISSING, NOT_A_REGULAR_FILE, FILE_CHANGED, IO.
 */
export async function withRegularFile<T>(
  { path, followSymlink, signal }: OpeningRequest,
  work: (file: RegularFile) => Promise<T>,
): Promise<T> {
  const file = await openRegularFile(path, followSymlink)
  try {
    signal.throwIfAborted()
    const result = await work(file)
    await assertReadWhole(file, path)
    signal.throwIfAborted()
    return result
  } finally {
    await file.handle.close()
  }
}

async function assertReadWhole({ handle, stats, sizeBytes }: RegularFile, path: string): Promise<void> {
  const now = await withFileErrors('fstat', path, () => handle.stat({ bigint: true }))
  const changed = findChanges(stats, now)
  // Files of /proc say that they are empty and yet can be read.
  if (changed.length === 0 && !(await hasByteAt(handle, sizeBytes, path))) return
  const fields = changed.length === 0 ? ['size'] : changed
  const message = `${path} changed while it was read: ${fields.join(', ')}`
  throw new CatalogError('FILE_CHANGED', message, { path, changed: fields })
}

async function hasByteAt(handle: FileHandle, position: number, path: string): Promise<boolean> {
  const read = () => handle.read(new Uint8Array(1), 0, 1, position)
  const { bytesRead } = await withFileErrors('read', path, read)
  return bytesRead > 0
}
