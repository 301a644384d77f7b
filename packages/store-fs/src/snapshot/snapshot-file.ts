import type { FileSystem, OpenFile } from '../disk/file-system.ts'
import { openIfPresent, readFrom } from '../disk/read-file.ts'
import { createDamaged } from '../disk/store-error.ts'
import { MAX_HEADER_BYTES } from '../format/limits.ts'
import { parseSnapshotHeader, type SnapshotHeader } from './snapshot.ts'

/** All bytes of a snapshot file, read only once its first line tells that there are as many as were written. */
export async function readSnapshotFile(disk: FileSystem, path: string): Promise<Buffer> {
  const bytes = await withSnapshot(disk, path, async (file, size) => {
    const { head, header, headerEnd } = await readHead(file, path, size)
    const expected = headerEnd + 1 + header.bytes
    if (size !== expected) {
      throw createDamaged(path, `it has ${size} bytes, not the ${expected} that were written`)
    }
    return head.length === size ? head : await readFrom(file, 0, size)
  })
  if (bytes === undefined) throw createDamaged(path, 'it is missing')
  return bytes
}

/** The first line of a snapshot file, and the size of the file; undefined if it does not exist. */
export async function readSnapshotHeader(
  disk: FileSystem,
  path: string,
): Promise<{ header: SnapshotHeader; sizeBytes: number } | undefined> {
  return await withSnapshot(disk, path, async (file, sizeBytes) => {
    const { header } = await readHead(file, path, sizeBytes)
    return { header, sizeBytes }
  })
}

async function withSnapshot<T>(
  disk: FileSystem,
  path: string,
  use: (file: OpenFile, size: number) => Promise<T>,
): Promise<T | undefined> {
  const file = await openIfPresent(disk, path, 'read')
  if (file === undefined) return undefined
  try {
    return await use(file, (await file.status()).size)
  } finally {
    await file.close()
  }
}

async function readHead(
  file: OpenFile,
  path: string,
  size: number,
): Promise<{ head: Buffer; header: SnapshotHeader; headerEnd: number }> {
  const head = await readFrom(file, 0, Math.min(size, MAX_HEADER_BYTES))
  return { head, ...parseSnapshotHeader(path, head) }
}
