import type { ModelFiles } from '@catalog/types'
import {
  booleanSchema,
  defineOptionalOptions,
  type OptionsParser,
  optionsSchema,
  parseText,
  uncheckedSchema,
} from '@catalog/types/schema'
import * as disk from './model-disk.ts'
import { createModelPaths, type ModelDirectoryOptions, type SymlinkPolicy } from './model-paths.ts'
import { createWriteGuard } from './write-guard.ts'

export type { ModelDirectoryOptions, SymlinkPolicy } from './model-paths.ts'

/** The values of the first two are checked where the paths are made. */
const parseModelDirectoryOptions: OptionsParser<ModelDirectoryOptions> =
  defineOptionalOptions<ModelDirectoryOptions>(
    optionsSchema({
      searchRoots: uncheckedSchema<readonly string[]>().optional(),
      symlinks: uncheckedSchema<SymlinkPolicy>().optional(),
      readOnly: booleanSchema.optional(),
    }),
  )

/** Model files below a root directory, below other roots that are only read, or in place elsewhere. */
export function createModelDirectory(root: string, given?: ModelDirectoryOptions): ModelFiles {
  const options = parseModelDirectoryOptions(given)
  const paths = createModelPaths(parseText('root', root), options)
  const guard = createWriteGuard(paths.root, options)
  return {
    ...paths.port,
    async listFiles() {
      const found = await disk.listFiles(paths.root)
      return found.filter(({ path }) => !guard.isSearched(path))
    },
    lookAt: disk.lookAt,
    async makeParent(path) {
      await guard.assertWritable(path)
      await disk.makeParent(path)
    },
    syncFile: disk.syncFile,
    async moveFile(from, to) {
      for (const path of [from, to]) await guard.assertWritable(path)
      return await disk.moveFile(from, to)
    },
    async removeFile(path, expected) {
      await guard.assertWritable(path)
      return await disk.removeFile(path, expected)
    },
    async replaceByCopy(path, source, how) {
      // Another name of the source is a change of it too.
      for (const each of [path, source]) await guard.assertWritable(each)
      return await disk.replaceByCopy(path, source, how)
    },
    measureFreeBytes: () => disk.measureFreeBytes(paths.root),
  }
}
