import { createHash } from 'node:crypto'
import { CatalogError, isCatalogError } from '@catalog/types'
import type { FileSystem, OpenFile } from '../disk/file-system.ts'
import { openIfPresent, readFileIfPresent, readFrom } from '../disk/read-file.ts'
import type { FileNames } from '../format/file-names.ts'
import type { CatalogState } from '../state/catalog-state.ts'
import { parseCatalog, parseDocument } from './adopted-catalog.ts'
import { parseViewHead } from './view-codec.ts'
import { recallView, rememberRead } from './view-fingerprint.ts'

/** How much of a view is read at once. */
const PIECE_BYTES = 4 << 20

/** What stands in `catalog.json`: what a store wrote, or what somebody made of that. */
export type FoundView =
  | { readonly kind: 'intact'; readonly revision: number }
  | {
      readonly kind: 'edited'
      /** The state that it was before the edit; undefined where that is gone from it. */
      readonly revision: number | undefined
      readonly state: CatalogState
    }

/**
 * Looks at the view, which is read where it is not known to stand as it was written; undefined where there is none, or
 * none that is complete JSON: half of a copy says nothing. EDITED_OUTSIDE where it is JSON but no catalog.
 */
export async function readView(disk: FileSystem, names: FileNames): Promise<FoundView | undefined> {
  const known = await recallView(disk, names)
  if (known !== undefined) return { kind: 'intact', revision: known }
  const before = await disk.fingerprintOf?.(names.view)
  const file = await openIfPresent(disk, names.view, 'read')
  if (file === undefined) return undefined
  try {
    const revision = await readIntactRevision(file)
    if (revision === undefined) {
      const { size } = await file.status()
      return await parseEdited(disk, names, await readFrom(file, 0, size))
    }
    // It only saves time later on: that is no reason to fail.
    await rememberRead(disk, names, revision, before).catch(() => undefined)
    return { kind: 'intact', revision }
  } finally {
    await file.close()
  }
}

/** The revision of a view that stands as it was written, all of it read; undefined for any other. */
export async function readIntactView(disk: FileSystem, names: FileNames): Promise<number | undefined> {
  const file = await openIfPresent(disk, names.view, 'read')
  if (file === undefined) return undefined
  try {
    return await readIntactRevision(file)
  } finally {
    await file.close()
  }
}

/** EDITED_OUTSIDE, with the two ways out. */
export function createEditedOutside(
  path: string,
  problem: string,
  options?: { cause: unknown },
): CatalogError<'EDITED_OUTSIDE'> {
  const message =
    `${path} was edited by hand, and ${problem}: move it away, and the catalog writes it as it is; ` +
    'or make the edit again on what it then writes'
  return new CatalogError('EDITED_OUTSIDE', message, { path }, options)
}

/** Undefined where the view is not as it was written. One piece of it is in memory at a time. */
async function readIntactRevision(file: OpenFile): Promise<number | undefined> {
  const { size } = await file.status()
  const first = await readFrom(file, 0, Math.min(PIECE_BYTES, size))
  const head = parseViewHead(first)
  if (head === undefined) return undefined
  const sha256 = createHash('sha256').update(first.subarray(head.length))
  for (let position = first.length; position < size; position += PIECE_BYTES) {
    await new Promise(setImmediate)
    sha256.update(await readFrom(file, position, Math.min(PIECE_BYTES, size - position)))
  }
  return sha256.digest('hex').startsWith(head.checksum) ? head.revision : undefined
}

async function parseEdited(
  disk: FileSystem,
  names: FileNames,
  bytes: Buffer,
): Promise<FoundView | undefined> {
  // Whoever adopted it was killed before its first view.
  if ((await readFileIfPresent(disk, names.adopted))?.equals(bytes) === true) return undefined
  const document = parseIfComplete(names.view, bytes)
  if (document === undefined) return undefined
  const { revision } = document
  return {
    kind: 'edited',
    revision: Number.isSafeInteger(revision) ? Number(revision) : undefined,
    state: parseModels(names.view, document),
  }
}

function parseIfComplete(path: string, bytes: Buffer): Record<string, unknown> | undefined {
  try {
    return parseDocument(path, bytes)
  } catch (error) {
    if (isCatalogError(error, 'DAMAGED')) return undefined
    throw error
  }
}

function parseModels(path: string, document: Record<string, unknown>): CatalogState {
  try {
    return parseCatalog(path, document)
  } catch (error) {
    if (!isCatalogError(error, 'DAMAGED')) throw error
    throw createEditedOutside(path, `it is no catalog any more (${error.details.problem})`, { cause: error })
  }
}
