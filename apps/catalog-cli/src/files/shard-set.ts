import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { CatalogError, findShards, type ShardSet } from 'model-catalog'
import type { LinkOptions } from './link-options.ts'
import { assertModelFile } from './model-file.ts'

/** The other shards of a set, with one of which it was named. */
export interface SetOfShards {
  /** Absolute. */
  readonly directory: string
  /** The name of the set, without the numbers. */
  readonly name: string
  readonly files: readonly { readonly path: string }[]
}

/**
 * The whole set that a file is a shard of; undefined for a file that is a model of its own.
 * NOT_A_MODEL if shards are missing, NOT_A_REGULAR_FILE if one is not a regular file.
 */
export async function findSetOfShards(path: string, links: LinkOptions): Promise<SetOfShards | undefined> {
  const directory = dirname(path)
  if (findShards([basename(path)]).length === 0) return undefined
  const sets = findShards(await readdir(directory))
  const set = sets.find(({ paths }) => paths.includes(basename(path)))
  if (set === undefined) return undefined
  assertWhole(path, set)
  if (set.paths.length === 1) return undefined
  for (const shard of set.paths) await assertModelFile(join(directory, shard), links)
  return { directory, name: set.name, files: set.paths.map((shard) => ({ path: shard })) }
}

/** NOT_A_MODEL if a set among the files of a directory is not whole. */
export function assertWholeSets(directory: string, files: readonly { readonly path: string }[]): void {
  for (const set of findShards(files.map(({ path }) => path))) assertWhole(directory, set)
}

function assertWhole(path: string, { name, problems }: ShardSet): void {
  if (problems.length === 0) return
  const texts = problems.map((problem) => {
    switch (problem.kind) {
      case 'missing-shards':
        return `${problem.paths[0]}${problem.count > 1 ? ` and ${problem.count - 1} more are` : ' is'} missing`
      case 'mixed-totals':
        return `there are shards of ${problem.totals.join(' and of ')}`
      default:
        return `${problem.path} is not one of ${problem.total}`
    }
  })
  const diagnosis = problems.map(({ kind }, index) => ({ kind, text: texts[index] ?? kind }))
  const message = `${path}: the set of shards ${name} is not complete: ${texts.join('; ')}`
  throw new CatalogError('NOT_A_MODEL', message, { path, diagnosis })
}
