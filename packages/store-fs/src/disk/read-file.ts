import { errnoOf, readAt } from '@catalog/system-calls'
import type { FileStatus, FileSystem, OpenFile } from './file-system.ts'

/** All bytes of a file, or its first `limit`; undefined if it does not exist. */
export async function readFileIfPresent(
  disk: FileSystem,
  path: string,
  limit: number = Number.POSITIVE_INFINITY,
): Promise<Buffer | undefined> {
  const file = await openIfPresent(disk, path, 'read')
  if (file === undefined) return undefined
  try {
    return await readFrom(file, 0, Math.min(limit, (await file.status()).size))
  } finally {
    await file.close()
  }
}

/** What the disk says of a file; undefined if it does not exist. */
export async function statusIfPresent(disk: FileSystem, path: string): Promise<FileStatus | undefined> {
  const file = await openIfPresent(disk, path, 'read')
  if (file === undefined) return undefined
  try {
    return await file.status()
  } finally {
    await file.close()
  }
}

/** The opened file, or undefined if it does not exist: any other error is thrown. */
export async function openIfPresent(
  disk: FileSystem,
  path: string,
  mode: 'read' | 'append',
): Promise<OpenFile | undefined> {
  try {
    return await disk.open(path, mode)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The bytes from a position; fewer than asked for only where the file ends. */
export function readFrom(file: OpenFile, position: number, bytes: number): Promise<Buffer> {
  return readAt((buffer, at) => file.read(buffer, at), position, bytes)
}
