import type { ModelFiles } from '@catalog/types'
import * as disk from './model-disk.ts'
import { createModelPaths, type ModelDirectoryOptions } from './model-paths.ts'

export type { ModelDirectoryOptions, SymlinkPolicy } from './model-paths.ts'

/** Model files below a root directory, below other roots that are only read, or in place elsewhere. */
export function createModelDirectory(root: string, options: ModelDirectoryOptions = {}): ModelFiles {
  const paths = createModelPaths(root, options)
  return {
    ...paths.port,
    listFiles: () => disk.listFiles(paths.root),
    lookAt: disk.lookAt,
    makeParent: disk.makeParent,
    syncFile: disk.syncFile,
    moveFile: disk.moveFile,
    removeFile: disk.removeFile,
    replaceByCopy: disk.replaceByCopy,
    measureFreeBytes: () => disk.measureFreeBytes(paths.root),
  }
}
