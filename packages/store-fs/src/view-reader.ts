import { CatalogError, isCatalogError } from '@catalog/types'
import { parseCatalog, parseDocument } from './adopted-catalog.ts'
import type { CatalogState } from './catalog-state.ts'
import type { FileNames } from './file-names.ts'
import type { FileSystem } from './file-system.ts'
import { readFileIfPresent } from './read-file.ts'
import { parseViewHead } from './view-codec.ts'

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
 * Reads the view; undefined where there is none, or none that is complete JSON: half of a copy says nothing.
 * EDITED_OUTSIDE where it is JSON but no catalog.
 */
export async function readView(disk: FileSystem, names: FileNames): Promise<FoundView | undefined> {
  const path = names.view
  const bytes = await readFileIfPresent(disk, path)
  if (bytes === undefined) return undefined
  const head = parseViewHead(bytes)
  if (head?.isIntact === true) return { kind: 'intact', revision: head.revision }
  // Whoever adopted it was killed before its first view.
  if ((await readFileIfPresent(disk, names.adopted))?.equals(bytes) === true) return undefined
  const document = parseIfComplete(path, bytes)
  if (document === undefined) return undefined
  const { revision } = document
  return {
    kind: 'edited',
    revision: Number.isSafeInteger(revision) ? Number(revision) : undefined,
    state: parseEdited(path, document),
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

function parseIfComplete(path: string, bytes: Buffer): Record<string, unknown> | undefined {
  try {
    return parseDocument(path, bytes)
  } catch (error) {
    if (isCatalogError(error, 'DAMAGED')) return undefined
    throw error
  }
}

function parseEdited(path: string, document: Record<string, unknown>): CatalogState {
  try {
    return parseCatalog(path, document)
  } catch (error) {
    if (!isCatalogError(error, 'DAMAGED')) throw error
    throw createEditedOutside(path, `it is no catalog any more (${error.details.problem})`, { cause: error })
  }
}
