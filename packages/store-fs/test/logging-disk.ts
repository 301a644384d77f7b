import { relative } from 'node:path'
import type { FileSystem, OpenFile } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'

export interface LoggingDisk extends FileSystem {
  /** Every call that writes or makes durable, in order: what, and the path below the root. */
  readonly calls: string[]
  /** How many files are open. */
  openFiles: number
}

/** The real disk, which says what it was asked for. */
export function createLoggingDisk(root: () => string): LoggingDisk {
  const calls: string[] = []
  const log = (call: string, path: string): number => calls.push(`${call} ${relative(root(), path) || '.'}`)
  const disk: LoggingDisk = {
    ...nodeFileSystem,
    ...{ calls, openFiles: 0 },
    async open(path, mode) {
      if (mode !== 'read') log(mode, path)
      const file = await nodeFileSystem.open(path, mode)
      disk.openFiles += 1
      return {
        ...file,
        append(bytes) {
          log('append', path)
          return file.append(bytes)
        },
        async sync() {
          log('sync', path)
          await file.sync()
        },
        async close() {
          disk.openFiles -= 1
          await file.close()
        },
      } satisfies OpenFile
    },
    makeDirectory(path) {
      log('mkdir', path)
      return nodeFileSystem.makeDirectory(path)
    },
    link(from, to) {
      log('link', to)
      return nodeFileSystem.link(from, to)
    },
    rename(from, to) {
      log('rename', to)
      return nodeFileSystem.rename(from, to)
    },
    remove(path) {
      log('remove', path)
      return nodeFileSystem.remove(path)
    },
    syncDirectory(path) {
      log('sync', path)
      return nodeFileSystem.syncDirectory(path)
    },
  }
  return disk
}

export function diskError(code: string): Error {
  return Object.assign(new Error(`injected ${code}`), { code })
}
