import type { FileSystem, OpenFile, OpenMode } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'

/** The real disk; remembers every call that writes, and says what the tests want of its type. */
export class RecordingDisk implements FileSystem {
  readonly writes: string[] = []
  /** The most bytes asked for in one read. */
  largestRead = 0
  /** What `typeOf` answers; `code` is thrown instead where a path matches. */
  type = 0xef53
  readonly list: FileSystem['list'] = nodeFileSystem.list
  readonly ageMs: FileSystem['ageMs'] = nodeFileSystem.ageMs
  readonly kindOf: NonNullable<FileSystem['kindOf']> = async (path) => await nodeFileSystem.kindOf?.(path)
  readonly typeOf: NonNullable<FileSystem['typeOf']> = async (path) => {
    await nodeFileSystem.typeOf?.(path)
    return this.type
  }

  async open(path: string, mode: OpenMode): Promise<OpenFile> {
    if (mode !== 'read') this.writes.push(`open ${path}`)
    const file = await nodeFileSystem.open(path, mode)
    return {
      ...file,
      read: (buffer, position) => {
        this.largestRead = Math.max(this.largestRead, buffer.length)
        return file.read(buffer, position)
      },
    }
  }

  async makeDirectory(path: string): Promise<string | undefined> {
    this.writes.push(`mkdir ${path}`)
    return await nodeFileSystem.makeDirectory(path)
  }

  async link(from: string, to: string): Promise<void> {
    this.writes.push(`link ${to}`)
    await nodeFileSystem.link(from, to)
  }

  async rename(from: string, to: string): Promise<void> {
    this.writes.push(`rename ${to}`)
    await nodeFileSystem.rename(from, to)
  }

  async remove(path: string): Promise<void> {
    this.writes.push(`remove ${path}`)
    await nodeFileSystem.remove(path)
  }

  async syncDirectory(path: string): Promise<void> {
    this.writes.push(`sync ${path}`)
    await nodeFileSystem.syncDirectory(path)
  }
}
