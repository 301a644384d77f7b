import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Catalog,
  type CatalogError,
  findAnchorProblem,
  findDefaultRoot,
  isCatalogError,
  type OpenCatalogOptions,
  openCatalog,
  type RecoveryReport,
} from 'model-catalog'
import type { Invocation } from '../options/invocation.ts'
import { CliError, HintedError } from '../problem/cli-errors.ts'
import { isPermissionDenied, READING_HINT } from '../problem/permission-hint.ts'
import { describeRecovery } from './describe-recovery.ts'
import { findStore } from './find-store.ts'
import { withHints } from './standing.ts'

/** The absolute root: `--root`, else the library's default. */
export function findRoot({ root, environment, resolvePath }: Invocation): string {
  return root ?? resolvePath(findDefaultRoot(environment))
}

/**
 * Runs the work on the catalog in the root, and closes it in every case. CATALOG_MISSING if the root has none: a
 * mistyped directory must neither look like a catalog without models nor get an empty one.
 */
export async function withCatalog<T>(
  invocation: Invocation,
  work: (catalog: Catalog, root: string) => Promise<T>,
): Promise<T> {
  return await runWith(await toOpening(invocation, false), work)
}

/** The same for the commands that create a catalog if there is none. */
export async function withNewCatalog<T>(
  invocation: Invocation,
  work: (catalog: Catalog, root: string) => Promise<T>,
): Promise<T> {
  return await runWith(await toOpening(invocation, true), work)
}

/**
 * The same for a dry run of such a command, which creates nothing in the root: if that has no catalog, the work is done on
 * an empty one in a temporary directory.
 */
export async function withCatalogOrEmpty<T>(
  invocation: Invocation,
  work: (catalog: Catalog, root: string) => Promise<T>,
): Promise<T> {
  try {
    return await withCatalog(invocation, work)
  } catch (error) {
    if (!isCatalogError(error, 'CATALOG_MISSING')) throw error
  }
  const directory = await mkdtemp(join(tmpdir(), 'catalog-dry-run-'))
  try {
    return await runWith({ root: directory, create: true, onlyWriter: true }, (catalog) =>
      work(catalog, findRoot(invocation)),
    )
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

type Opening = OpenCatalogOptions & { readonly root: string }

async function toOpening(invocation: Invocation, create: boolean): Promise<Opening> {
  const { symlinks, node, anchors, onlyWriter, searchRoots, intactPrefix, threads, output } = invocation
  await assertAnchors(invocation)
  const onRecovery = (report: RecoveryReport): void => {
    for (const line of describeRecovery(report)) output.note(line)
  }
  const onStaleView = ({ message, code }: CatalogError): void =>
    output.warn(`the change is recorded, and catalog.json will show it later: ${message} [${code}]`)
  const root = findRoot(invocation)
  const store = findStore(invocation)
  if (store !== undefined) return { root, store, symlinks, node, anchors, searchRoots, threads, create }
  const how = { symlinks, node, anchors, searchRoots, threads, onRecovery }
  if (intactPrefix) return { root, ...how, readOnly: true, intactPrefix }
  return { root, ...how, onlyWriter, create, onStaleView }
}

/** What the user names has to be there. */
async function assertAnchors({ namedAnchors }: Invocation): Promise<void> {
  for (const path of namedAnchors) {
    const problem = await findAnchorProblem(path)
    if (problem !== undefined) throw new CliError('USAGE', `--anchor ${path} ${problem}`)
  }
}

async function runWith<T>(
  opening: Opening,
  work: (catalog: Catalog, root: string) => Promise<T>,
): Promise<T> {
  const { catalog, refusal } = await openAsAllowed(opening)
  try {
    return await work(catalog, opening.root)
  } catch (error) {
    // Why it was opened read-only is what a user can do something about.
    if (refusal !== undefined && isCatalogError(error, 'READ_ONLY')) throw refusal
    throw await withHints(error, catalog)
  } finally {
    await catalog.close()
  }
}

/** A catalog, and why it is open read-only, if it is because several machines may write to its file system. */
interface Opened {
  readonly catalog: Catalog
  readonly refusal?: CatalogError
}

/** For writing, or if the user has no right to it, for reading only: what writes is READ_ONLY then. */
async function openAsAllowed(opening: Opening): Promise<Opened> {
  try {
    return { catalog: await openCatalog(opening) }
  } catch (error) {
    if (!isWithoutRight(error)) throw error
    const catalog = await openReading(opening, error)
    return isCatalogError(error, 'SHARED_FILE_SYSTEM') ? { catalog, refusal: error } : { catalog }
  }
}

/** What is told is why it cannot be read if the user has no right to that either, else why it cannot be written. */
async function openReading(
  { create: _create, onlyWriter: _onlyWriter, onStaleView: _onStaleView, ...opening }: Opening,
  refusal: unknown,
): Promise<Catalog> {
  try {
    return await openCatalog({ ...opening, readOnly: true })
  } catch (error) {
    if (isCatalogError(error, 'IO') && isPermissionDenied(error.details)) {
      throw new HintedError(error, READING_HINT)
    }
    throw refusal
  }
}

function isWithoutRight(error: unknown): boolean {
  if (isCatalogError(error, 'READ_ONLY') || isCatalogError(error, 'SHARED_FILE_SYSTEM')) return true
  return isCatalogError(error, 'IO') && isPermissionDenied(error.details)
}
