import { assertOptions } from '@catalog/types'
import { CatalogError } from 'model-catalog'
import type { ScanItem } from '../candidate/candidate.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import { parseLayouts } from '../candidate/parse-layouts.ts'
import { UnusableError } from '../candidate/scan-problem.ts'
import { type EnteredStore, modelsBelow } from '../directories/model-tree.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import type { ScanRecord } from '../disk/scan-record.ts'
import { openStoreReader, type StoreReader } from '../disk/store-reader.ts'
import { LAYOUTS } from '../layouts/all-layouts.ts'
import { listBeside } from './own-names.ts'

/** How a directory is scanned. */
export interface ScanOptions {
  /** Only the stores of these tools; default: all. Directories that cannot be read are reported in any case. */
  readonly only?: readonly LayoutName[] | undefined
  /** Is told all that is looked at, so that it can say later whether another scan would find the same. */
  readonly record?: ScanRecord | undefined
  /** Cancels: the next item rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** What the walk itself reports: it may hide a store of any tool. */
const OF_THE_WALK: ReadonlySet<string> = new Set(['link-out-of-store', 'not-utf8', 'too-many', 'unreadable'])

/**
 * Looks for models below a directory: the stores of known tools, several if there are several, and plain model
 * files. Yields each model that can be registered where it is, and each thing that looks like one and cannot.
 * Nothing is written, locked, moved or touched, and no symbolic link is followed out of the directory. Manifests
 * are read, model files are not, except for the first bytes of small ones.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid
 * @throws {CatalogError} FILE_MISSING if there is no directory at the path
 * @throws {CatalogError} IO if the directory itself cannot be read
 */
export async function* scan(directory: string, options: ScanOptions = {}): AsyncGenerator<ScanItem, void> {
  assertOptions<ScanOptions>(options, { only: 'any', record: 'object', signal: 'signal' })
  const { signal, record } = options
  const only = parseLayouts('only', options.only)
  signal?.throwIfAborted()
  const { reader, root } = await openRoot(directory, record)
  const isWanted = (name: LayoutName): boolean => only?.includes(name) ?? true
  const enter = (each: DirectoryListing): Promise<EnteredStore | undefined> =>
    findStore(each, reader, isWanted)
  for await (const item of modelsBelow(root, reader, {
    layout: 'plain',
    store: reader.root,
    signal,
    enter,
  })) {
    signal?.throwIfAborted()
    if (isOfTheWalk(item) || isWanted(layoutOf(item))) yield item
  }
}

/** The store at a directory; undefined if there is none. */
async function findStore(
  directory: DirectoryListing,
  reader: StoreReader,
  isWanted: (name: LayoutName) => boolean,
): Promise<EnteredStore | undefined> {
  // A catalog's own files are not candidates of another.
  if (directory.has('.catalog', 'directory')) return { items: nothing(), isFlat: false }
  for (const layout of LAYOUTS) {
    if (!(await layout.recognises(directory, reader))) continue
    const items = isWanted(layout.name) ? layout.scan(directory, reader) : nothing()
    return { items, isFlat: layout.isFlat === true, beside: listBeside(directory, layout.name) }
  }
  return undefined
}

async function* nothing(): AsyncGenerator<ScanItem> {}

async function openRoot(
  path: string,
  record: ScanRecord | undefined,
): Promise<{ readonly reader: StoreReader; readonly root: DirectoryListing }> {
  try {
    const reader = await openStoreReader(path, record)
    return { reader, root: await reader.list(reader.root) }
  } catch (error) {
    throw toCatalogError(path, error)
  }
}

function toCatalogError(path: string, error: unknown): CatalogError {
  const cause = error instanceof UnusableError && error.cause !== undefined ? error.cause : error
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  const isMissing =
    error instanceof UnusableError && (error.kind === 'not-a-file' || error.kind === 'missing-file')
  if (isMissing || errno === 'ENOENT' || errno === 'ENOTDIR') {
    return new CatalogError('FILE_MISSING', `no directory at ${path}`, { path }, { cause })
  }
  const details = { operation: 'readdir', path, ...(errno !== undefined && { errno }) }
  return new CatalogError('IO', `cannot read the directory ${path}`, details, { cause })
}

function isOfTheWalk(item: ScanItem): boolean {
  return item.kind === 'problem' && item.problem.layout === 'plain' && OF_THE_WALK.has(item.problem.kind)
}

function layoutOf(item: ScanItem): LayoutName {
  return item.kind === 'candidate' ? item.candidate.layout : item.problem.layout
}
