import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Catalog, CatalogError, findDefaultRoot, isCatalogError, openCatalog } from 'model-catalog'
import type { Invocation } from '../options/invocation.ts'
import { withSuggestions } from '../problem/hints.ts'

/** The absolute root: `--root`, else the library's default. */
export function findRoot({ root, environment, resolvePath }: Invocation): string {
  return root ?? resolvePath(findDefaultRoot(environment))
}

/** Runs the work on the catalog that is there, and closes it whatever happens. CATALOG_MISSING if there is none. */
export async function withCatalog<T>(
  invocation: Invocation,
  work: (catalog: Catalog, root: string) => Promise<T>,
): Promise<T> {
  await assertCatalogIn(findRoot(invocation))
  return await withNewCatalog(invocation, work)
}

/** The same for the commands that begin a catalog where there is none. */
export async function withNewCatalog<T>(
  invocation: Invocation,
  work: (catalog: Catalog, root: string) => Promise<T>,
): Promise<T> {
  const root = findRoot(invocation)
  const catalog = await openAsAllowed(root)
  try {
    return await work(catalog, root)
  } catch (error) {
    throw await withSuggestions(error, catalog)
  } finally {
    await catalog.close()
  }
}

/** For writing, or where the user has no right to it, for reading only: what writes is READ_ONLY then. */
async function openAsAllowed(root: string): Promise<Catalog> {
  try {
    return await openCatalog({ root })
  } catch (error) {
    if (!isWithoutRight(error)) throw error
    // What is told is why it cannot be written, unless it can be read.
    return await openCatalog({ root, readOnly: true }).catch(() => Promise.reject(error))
  }
}

function isWithoutRight(error: unknown): boolean {
  if (isCatalogError(error, 'READ_ONLY') || isCatalogError(error, 'SHARED_FILE_SYSTEM')) return true
  return isCatalogError(error, 'IO') && ['EACCES', 'EPERM'].includes(error.details.errno ?? '')
}

/** The root of the catalog that is there, for work on its files. CATALOG_MISSING if there is none. */
export async function findCatalogRoot(invocation: Invocation): Promise<string> {
  const root = findRoot(invocation)
  await assertCatalogIn(root)
  return root
}

/**
 * Opening makes what is missing. Somebody who only looks, and mistyped the directory, must not be told that
 * there are no models, nor leave an empty catalog behind.
 */
async function assertCatalogIn(root: string): Promise<void> {
  if ((await exists(join(root, 'catalog.json'))) || (await exists(join(root, '.catalog')))) return
  throw new CatalogError('CATALOG_MISSING', `there is no catalog in ${root}`, { path: root })
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Anything but "absent" is for opening to report.
    return code !== 'ENOENT' && code !== 'ENOTDIR'
  }
}
