import type { FileSystem } from './file-system.ts'
import { errnoOf } from './store-error.ts'

/** Writes a whole new file under a temporary name: every byte on disk before anybody sees the file. */
async function writeNewFile(disk: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.open(path, 'create-new')
  try {
    let written = 0
    while (written < bytes.length) {
      const count = await file.append(bytes.subarray(written))
      if (count === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' })
      written += count
    }
    await file.sync()
  } finally {
    await file.close()
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
  bytes: Uint8Array,
  use: () => Promise<void>,
): Promise<void> {
  try {
    await writeNewFile(disk, path, bytes)
    await use()
  } finally {
    await removeIfPresent(disk, path)
  }
}
