import { dirname } from 'node:path'
import { withDiskErrors, withFileErrors } from '@catalog/system-calls'
import type { Fingerprint, ModelFiles } from '@catalog/types'
import {
  booleanSchema,
  defineOptionalOptions,
  type OptionsParser,
  optionsSchema,
  parseText,
  uncheckedSchema,
} from '@catalog/types/schema'
import * as disk from './disk/model-disk.ts'
import { makeOpened, withOpened } from './disk/opened-directory.ts'
import { createWriteGuard } from './disk/write-guard.ts'
import type { SymlinkPolicy } from './paths/link-policy.ts'
import { createModelPaths, type ModelDirectoryOptions } from './paths/model-paths.ts'

export type { SymlinkPolicy } from './paths/link-policy.ts'
export type { ModelDirectoryOptions } from './paths/model-paths.ts'

/** The values of the first two are checked where the paths are made. */
const parseModelDirectoryOptions: OptionsParser<ModelDirectoryOptions> =
  defineOptionalOptions<ModelDirectoryOptions>(
    optionsSchema({
      searchRoots: uncheckedSchema<readonly string[]>().optional(),
      symlinks: uncheckedSchema<SymlinkPolicy>().optional(),
      readOnly: booleanSchema.optional(),
    }),
  )

/**
 * The port `ModelFiles` for a root directory, other roots that are only read, and files in place elsewhere.
 * Does not access the disk yet.
 *
 * @throws {CatalogError} INVALID_INPUT if the root or an option is invalid
 *
 * @example
 * ```ts
 * import { createModelDirectory } from '@catalog/files'
 *
 * const files = createModelDirectory('./models', { symlinks: 'inside' })
 * console.log(files.followsLinks({ file: 'llama.gguf' })) // true
 * ```
 */
export function createModelDirectory(root: string, given?: ModelDirectoryOptions): ModelFiles {
  const options = parseModelDirectoryOptions(given)
  const paths = createModelPaths(parseText('root', root), options)
  const guard = createWriteGuard(paths.root, options)
  return {
    ...paths.port,
    async listFiles() {
      const { files, unreadable } = await disk.listFiles(paths.root)
      const isOwn = ({ path }: { readonly path: string }): boolean => !guard.isSearched(path)
      return { files: files.filter(isOwn), unreadable: unreadable.filter(isOwn) }
    },
    lookAt: disk.lookAt,
    async makeParent(path) {
      await guard.assertWritable(path)
      await withDiskErrors('make', dirname(path), () => makeOpened(dirname(path), guard))
    },
    syncFile: disk.syncFile,
    async moveFile(from, to) {
      return await withFileErrors('move', from, () => withOpened([from, to], guard, disk.moveFile))
    },
    async moveDirectory(from, to, files) {
      const move = (acting: string, target: string): Promise<boolean> =>
        disk.moveDirectory(acting, target, files)
      return await withFileErrors('move', from, () => withOpened([from, to], guard, move))
    },
    async removeDirectory(path) {
      if ((await disk.lookAt(path)) === undefined) return false
      return await withDiskErrors('remove', path, () => withOpened([path], guard, disk.removeDirectory))
    },
    async removeFile(path, expected) {
      if ((await disk.lookAt(path)) === undefined) {
        await guard.assertWritable(path)
        return false
      }
      const remove = (acting: string): Promise<boolean> => disk.removeFile(acting, expected)
      return await withDiskErrors('remove', path, () => withOpened([path], guard, remove))
    },
    async replaceByCopy(path, source, how) {
      const replace = (
        acting: string,
        from: string,
        aside: string,
        prepared: string,
      ): Promise<Fingerprint | undefined> => disk.replaceByCopy(acting, from, { ...how, aside, prepared })
      // Another name of the source is a change of it too.
      const paths = [path, source, how.aside, how.prepared]
      return await withDiskErrors('replace', path, () => withOpened(paths, guard, replace))
    },
    measureFreeBytes: () => disk.measureFreeBytes(paths.root),
  }
}
