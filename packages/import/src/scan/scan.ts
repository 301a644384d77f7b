/** Room `scan`: looking for stores below a directory. */

import { join } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import { UnusableError } from '../candidate/scan-problem.ts'
import { type DirectoryListing, openStoreReader, type StoreReader } from '../disk/store-reader.ts'
import { LAYOUTS } from '../layouts/all-layouts.ts'
import { modelsOfDirectory } from '../layouts/directory-models.ts'
import { orProblem, toProblemItem } from '../layouts/items.ts'

/** How a directory is scanned. */
export interface ScanOptions {
  /** Only the stores of these tools; default: all. */
  readonly only?: readonly LayoutName[] | undefined
  /** Cancels: the next item rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** A tree beyond this depth is a mistake, or hostile. */
const MAX_DEPTH = 32
/** Directories that contain no models of a user, and many files. */
const SKIPPED: ReadonlySet<string> = new Set(['$RECYCLE.BIN', '.git', '.Trash', 'lost+found', 'node_modules'])

/**
 * Looks for models below a directory: the stores of known tools, several if there are several, and plain model
 * files. Yields each model that can be registered where it is, and each thing that looks like one and cannot.
 * Nothing is written, locked, moved or touched, and no symbolic link is followed out of the directory. Manifests
 * are read, model files are not, except for the first bytes of small ones.
 *
 * @throws {CatalogError} FILE_MISSING if there is no directory at the path
 * @throws {CatalogError} IO if the directory itself cannot be read
 */
export async function* scan(directory: string, options: ScanOptions = {}): AsyncGenerator<ScanItem, void> {
  const reader = await openStoreReader(directory)
  const isWanted = (name: LayoutName): boolean => options.only?.includes(name) ?? true
  for await (const item of walk(await reader.list(reader.root), { reader, signal: options.signal }, 0)) {
    options.signal?.throwIfAborted()
    const { layout } = item.kind === 'candidate' ? item.candidate : item.problem
    if (isWanted(layout)) yield item
  }
}

interface Walk {
  readonly reader: StoreReader
  readonly signal: AbortSignal | undefined
}

async function* walk(
  directory: DirectoryListing,
  { reader, signal }: Walk,
  depth: number,
): AsyncGenerator<ScanItem> {
  signal?.throwIfAborted()
  // A catalog's own files are not candidates of another.
  if (directory.has('.catalog', 'directory')) return
  if (directory.undecodable > 0) yield toUndecodable(directory)
  for (const layout of LAYOUTS) {
    if (!(await layout.recognises(directory, reader))) continue
    yield* layout.scan(directory, reader)
    return
  }
  const { items, isModel } = await modelsOfDirectory(directory, reader, {
    layout: 'plain',
    store: reader.root,
  })
  yield* items
  if (isModel) return
  if (depth === MAX_DEPTH) return
  for (const { name, kind } of directory.names) {
    if (kind !== 'directory' || SKIPPED.has(name)) continue
    const below = await listOrProblem(join(directory.path, name), reader)
    if ('items' in below) yield* below.items
    else yield* walk(below, { reader, signal }, depth + 1)
  }
}

async function listOrProblem(
  path: string,
  reader: StoreReader,
): Promise<DirectoryListing | { readonly items: readonly ScanItem[] }> {
  try {
    return await reader.list(path)
  } catch (error) {
    return { items: await orProblem('plain', undefined, () => Promise.reject(error)) }
  }
}

function toUndecodable({ path, undecodable }: DirectoryListing): ScanItem {
  const text = `has ${undecodable} names that are not UTF-8, which are left out`
  const { kind } = new UnusableError('not-utf8', path, text)
  return toProblemItem({ kind, layout: 'plain', path, text })
}
