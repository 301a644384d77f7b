import {
  type Catalog,
  type CatalogError,
  findDefaultRoot,
  isCatalogError,
  openCatalog,
  type RecoveryReport,
  type SymlinkPolicy,
} from 'model-catalog'
import type { Invocation } from '../options/invocation.ts'
import { HintedError } from '../problem/cli-errors.ts'
import { withSuggestions } from '../problem/hints.ts'
import { isPermissionDenied, READING_HINT } from '../problem/permission-hint.ts'
import { describeRecovery } from './describe-recovery.ts'

/** The absolute root: `--root`, else the library's default. */
export function findRoot({ root, environment, resolvePath }: Invocation): string {
  return root ?? resolvePath(findDefaultRoot(environment))
}

/**
 * Runs the work on the catalog in the root, and closes it whatever happens. CATALOG_MISSING if the root has none: a
 * mistyped directory must neither look like a catalog without models nor get an empty one.
 */
export function withCatalog<T>(
  invocation: Invocation,
  work: (catalog: Catalog, root: string) => Promise<T>,
): Promise<T> {
  return runWith(toOpening(invocation, false), work)
}

/** The same for the commands that create a catalog if there is none. */
export function withNewCatalog<T>(
  invocation: Invocation,
  work: (catalog: Catalog, root: string) => Promise<T>,
): Promise<T> {
  return runWith(toOpening(invocation, true), work)
}

interface Opening {
  readonly root: string
  readonly symlinks: SymlinkPolicy
  readonly create: boolean
  readonly onRecovery: (report: RecoveryReport) => void
  readonly onStaleView: (error: CatalogError) => void
}

function toOpening(invocation: Invocation, create: boolean): Opening {
  const { symlinks, output } = invocation
  const onRecovery = (report: RecoveryReport): void => {
    for (const line of describeRecovery(report)) output.note(line)
  }
  const onStaleView = ({ message, code }: CatalogError): void =>
    output.warn(`the change is recorded, and catalog.json will show it later: ${message} [${code}]`)
  return { root: findRoot(invocation), symlinks, create, onRecovery, onStaleView }
}

async function runWith<T>(
  opening: Opening,
  work: (catalog: Catalog, root: string) => Promise<T>,
): Promise<T> {
  const catalog = await openAsAllowed(opening)
  try {
    return await work(catalog, opening.root)
  } catch (error) {
    throw await withSuggestions(error, catalog)
  } finally {
    await catalog.close()
  }
}

/** For writing, or if the user has no right to it, for reading only: what writes is READ_ONLY then. */
async function openAsAllowed(opening: Opening): Promise<Catalog> {
  try {
    return await openCatalog(opening)
  } catch (error) {
    if (!isWithoutRight(error)) throw error
    return await openReading(opening, error)
  }
}

/** What is told is why it cannot be read if the user has no right to that either, else why it cannot be written. */
async function openReading({ root, symlinks, onRecovery }: Opening, refusal: unknown): Promise<Catalog> {
  try {
    return await openCatalog({ root, symlinks, onRecovery, readOnly: true })
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
