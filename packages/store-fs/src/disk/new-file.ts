import { errnoOf } from '@catalog/system-calls'
import type { FileSystem, OpenFile } from './file-system.ts'

/** Writes a whole new file under a temporary name: every byte on disk before any other process sees the file. */
async function writeNewFile(disk: FileSystem, path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const file = await disk.open(path, 'create-new')
  try {
    for (const [index, piece] of pieces.entries()) {
      // The page cache takes all of a large file at once: others get a turn between its pieces.
      if (index > 0) await new Promise(setImmediate)
      await appendAll(file, piece)
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

async function appendAll(file: OpenFile, bytes: Uint8Array): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const count = await file.append(bytes.subarray(written))
    if (count === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' })
    written += count
  }
}

/** Removes a file that may be gone already. */
export async function removeIfPresent(disk: FileSystem, path: string): Promise<void> {
  try {
    await disk.remove(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}

/** Runs `use` with a new file of these bytes under a temporary name, which is gone afterwards. */
export async function withTemporaryFile(
  disk: FileSystem,
  path: string,
  pieces: readonly Uint8Array[],
  use: () => Promise<void>,
): Promise<void> {
  try {
    await writeNewFile(disk, path, pieces)
    await use()
  } finally {
    await removeIfPresent(disk, path)
  }
}
