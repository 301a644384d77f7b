import { watch } from 'node:fs'
import type { DirectoryWatch } from './file-system.ts'

/** Tells of changes in a directory as the operating system does. Does not keep the program running. */
export function watchDirectory(path: string, listener: () => void): DirectoryWatch {
  const watcher = watch(path, { persistent: false }, listener)
  // A directory that goes away, or a system that gives up watching: who relies on this looks by itself as well.
  watcher.on('error', () => watcher.close())
  return watcher
}
