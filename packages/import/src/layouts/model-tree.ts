import { join } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import type { DirectoryListing, StoreReader } from '../disk/store-reader.ts'
import { type DirectoryOptions, modelsOfDirectory } from './directory-models.ts'
import { classify } from './file-names.ts'
import { orProblem } from './items.ts'

const MAX_DEPTH = 16

/** A tree, and how its models are called. */
export interface TreeOptions extends DirectoryOptions {
  /** The names that lead to the directory. */
  readonly names: readonly string[]
}

/**
 * The models of a directory and of all below it. What a symbolic link leads to is found where it is; one that
 * leads out of the scanned directory is a problem.
 */
export async function* modelsOfTree(
  directory: DirectoryListing,
  reader: StoreReader,
  options: TreeOptions,
): AsyncGenerator<ScanItem> {
  const { layout, names } = options
  const { items, isModel } = await modelsOfDirectory(directory, reader, options)
  yield* items
  if (isModel) return
  for (const { name, kind } of directory.names) {
    const path = join(directory.path, name)
    if (kind === 'link' && classify(name) === 'other') {
      yield* await orProblem(layout, [...names, name].join('/'), async () => {
        await reader.find(path)
        return []
      })
    }
    if (kind !== 'directory' || name.startsWith('.') || names.length === MAX_DEPTH) continue
    let below: DirectoryListing | undefined
    yield* await orProblem(layout, undefined, async () => {
      below = await reader.list(path)
      return []
    })
    if (below !== undefined) yield* modelsOfTree(below, reader, { ...options, names: [...names, name] })
  }
}
