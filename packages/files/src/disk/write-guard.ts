import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { isMissing, toDiskError } from '@catalog/system-calls'
import { CatalogError, isAnchorPath } from '@catalog/types'
import { createLinkedOut, leavesRoot } from '../paths/link-policy.ts'
import type { ModelDirectoryOptions } from '../paths/model-paths.ts'
import { CATALOG_DIRECTORY } from '../paths/own-names.ts'

/** Says where nothing may be written, made, moved or removed. */
export interface WriteGuard {
  /**
   * READ_ONLY, also for the anchor of a volume, and in a directory that has a catalog of its own, below the root or elsewhere; NOT_A_REGULAR_FILE for a path in the
   * root that links lead out of it. IO. `directory`: where the directory of the path really is, if that is known.
   */
  assertWritable(path: string, directory?: string): Promise<void>
  /** Whether a path below the root belongs to a search root that is below it too. */
  isSearched(path: string): boolean
}

/** A path counts by where its directory really is, because a link in the root may lead to a search root. */
export function createWriteGuard(root: string, options: ModelDirectoryOptions): WriteGuard {
  const { searchRoots = [], symlinks = 'refuse', readOnly = false } = options
  const roots = [root, ...searchRoots].map((path) => resolve(path))
  const nested = roots.filter((each) => !leavesRoot(relative(root, each)))
  return {
    isSearched: (path) => nested.some((each) => isBelow(each, path)),
    async assertWritable(path, known) {
      if (readOnly) throw createReadOnly(path, 'in a catalog that is open read-only')
      if (isAnchorPath(basename(path))) throw createReadOnly(path, 'the anchor of a volume')
      const directory = known ?? (await findRealDirectory(dirname(path)))
      const real = await Promise.all(roots.map(findRealDirectory))
      const [own = ''] = real
      const owner = real.filter((each) => isBelow(each, directory)).reduce(longer, '')
      if (owner !== '' && owner !== own) throw createReadOnly(path, `below ${owner}, which is only searched`)
      const other = await findCatalogAbove(directory, own)
      if (other !== undefined) throw createReadOnly(path, `below ${other}, which has a catalog of its own`)
      if (owner === '' && symlinks !== 'anywhere' && !leavesRoot(relative(root, path)))
        throw createLinkedOut(path)
    },
  }
}

// A root may be below a search root, and the other way round: the one that is nearer to the file counts.
function longer(one: string, other: string): string {
  return other.length > one.length ? other : one
}

function isBelow(root: string, path: string): boolean {
  return path === root || !leavesRoot(relative(root, path))
}

function createReadOnly(path: string, where: string): CatalogError<'READ_ONLY'> {
  return new CatalogError('READ_ONLY', `${path} is ${where}`, { path })
}

/** The nearest other catalog that a directory is in, itself included; none once the own root is reached. */
async function findCatalogAbove(directory: string, root: string): Promise<string | undefined> {
  for (let each = directory; each !== root; each = dirname(each)) {
    if (await isCatalog(join(each, CATALOG_DIRECTORY))) return each
    if (dirname(each) === each) return undefined
  }
  return undefined
}

async function isCatalog(path: string): Promise<boolean> {
  try {
    // A file of this name is just a file.
    return !(await lstat(path)).isFile()
  } catch (error) {
    if (isMissing(error)) return false
    throw toDiskError(error, 'lstat', path)
  }
}

/** Where a directory really is, or will be once it is made. */
async function findRealDirectory(directory: string): Promise<string> {
  try {
    return await realpath(directory)
  } catch (error) {
    const parent = dirname(directory)
    if (!isMissing(error) || parent === directory) {
      throw toDiskError(error, 'resolve', directory)
    }
    return join(await findRealDirectory(parent), basename(directory))
  }
}
