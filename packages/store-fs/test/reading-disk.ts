import type { FileSystem } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'

/** The real disk, and what is told of every read that found something. */
export function readingDisk(onRead: (bytes: number) => unknown): FileSystem {
  const open: FileSystem['open'] = async (path, mode) => {
    const file = await nodeFileSystem.open(path, mode)
    return {
      ...file,
      async read(buffer, position) {
        const bytes = await file.read(buffer, position)
        onRead(bytes)
        return bytes
      },
    }
  }
  return { ...nodeFileSystem, open }
}
