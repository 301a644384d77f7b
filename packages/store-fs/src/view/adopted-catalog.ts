/** Room `view`: `catalog.json`: writing it, adopting it, and edits of it. */

import { type EntryContent, isCatalogError, type LifecycleState } from '@catalog/types'
import { decodeEntry, encodeEntry, foldModelId } from '@catalog/types/adapter'
import { createDamaged } from '../disk/store-error.ts'
import { CatalogState } from '../state/catalog-state.ts'
import { Row } from '../state/row.ts'

/** Deeper JSON than this overflows the stack of whatever reads it next. */
const MAX_DEPTH = 64

/**
 * The state of a `catalog.json` that has no journal: the specification's format, written by another program
 * or kept as a backup. DAMAGED where it cannot be read in full; nothing is guessed and nothing left out.
 */
export function parseAdoptedCatalog(path: string, bytes: Buffer): CatalogState {
  return parseCatalog(path, parseDocument(path, bytes))
}

/** The state of a parsed `catalog.json`; what its view says of itself is left aside. DAMAGED as above. */
export function parseCatalog(path: string, document: Record<string, unknown>): CatalogState {
  const { models, revision: _revision, checksum: _checksum, inode: _inode, ...extra } = document
  if (!Array.isArray(models)) throw createDamaged(path, 'it has no array "models"')
  const state = new CatalogState(extra)
  const indexes = new Map<string, number>()
  models.forEach((model, index) => {
    const entry = decodeModel(path, model, index)
    const first = indexes.get(foldModelId(entry.id))
    if (first !== undefined) {
      throw createDamaged(
        path,
        `models[${first}] and models[${index}] have the same id ${JSON.stringify(entry.id)}`,
      )
    }
    indexes.set(foldModelId(entry.id), index)
    const { revision, ...content } = entry
    state.restore(Row.ofWire(encodeEntry({ ...content, state: toAdoptedState(content) }), revision))
  })
  return state
}

/** The object in the bytes of a `catalog.json`; DAMAGED where they are not one. */
export function parseDocument(path: string, bytes: Buffer): Record<string, unknown> {
  const text = decodeText(path, bytes)
  if (measureDepth(text) > MAX_DEPTH)
    throw createDamaged(path, `it is nested deeper than ${MAX_DEPTH} levels`)
  try {
    const document: unknown = JSON.parse(text)
    if (typeof document === 'object' && document !== null) return document as Record<string, unknown>
  } catch (cause) {
    throw createDamaged(path, `it is not JSON: ${String(cause)}`, offsetOf(text, cause), { cause })
  }
  throw createDamaged(path, 'it is not a JSON object')
}

/** Strictly: `toString('utf8')` would turn wrong bytes into U+FFFD without a word. A leading BOM is left out. */
function decodeText(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw createDamaged(path, 'it is not valid UTF-8', {}, { cause })
  }
}

function decodeModel(path: string, model: unknown, index: number): ReturnType<typeof decodeEntry> {
  try {
    return decodeEntry(model, readRevision(model))
  } catch (error) {
    if (!isCatalogError(error, 'INVALID_INPUT')) throw error
    throw createDamaged(path, `models[${index}]: ${error.message}`, {}, { cause: error })
  }
}

/** Active says that bytes were verified: without a digest or a time that cannot have been. */
function toAdoptedState({ state, digest, verifiedAt }: EntryContent): LifecycleState {
  return state === 'Active' && (digest === null || verifiedAt === null) ? 'Pending' : state
}

/** What the view of an earlier catalog says; 1 where there is none. */
function readRevision(model: unknown): number {
  const revision: unknown =
    typeof model === 'object' && model !== null ? Reflect.get(model, 'revision') : undefined
  return typeof revision === 'number' ? revision : 1
}

/** How deep the brackets of a JSON text go, without parsing it. */
function measureDepth(text: string): number {
  let depth = 0
  let deepest = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gsu)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth)
    else if (token === '}' || token === ']') depth -= 1
  }
  return deepest
}

function offsetOf(text: string, cause: unknown): { offset?: number } {
  const position = /position ([0-9]+)/u.exec(String(cause))?.[1]
  if (position === undefined) return {}
  return { offset: Buffer.byteLength(text.slice(0, Number(position))) }
}
