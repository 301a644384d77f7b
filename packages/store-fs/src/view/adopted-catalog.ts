/** Room `view`: `catalog.json`: writing it, adopting it, and edits of it. */

import {
  type EntryContent,
  type InputProblem,
  isCatalogError,
  type LifecycleState,
  type ModelEntry,
} from '@catalog/types'
import { decodeEntry, encodeEntry, foldModelId } from '@catalog/types/adapter'
import { createDamaged } from '../disk/store-error.ts'
import { CatalogState } from '../state/catalog-state.ts'
import { Row } from '../state/row.ts'
import { type CatalogDocument, parseDocument } from './catalog-document.ts'
import { toOwnForm } from './foreign-model.ts'
import { describePlaces, type FieldProblem, findFieldPlaces, MAX_PLACES } from './text-places.ts'
import { takeViewSettings } from './view-settings.ts'

/**
 * The state of a `catalog.json` that has no journal: the specification's format, written by another program
 * or kept as a backup. DAMAGED where it cannot be read in full; nothing is guessed and nothing left out.
 */
export function parseAdoptedCatalog(path: string, bytes: Buffer): CatalogState {
  return parseCatalog(parseDocument(path, bytes))
}

/** The state of a parsed `catalog.json`; what its view says of itself is ignored. DAMAGED as above. */
export function parseCatalog(document: CatalogDocument): CatalogState {
  const { models, revision: _revision, checksum: _checksum, inode: _inode, ...rest } = document.fields
  if (!Array.isArray(models)) {
    const problem = models === undefined ? 'is missing' : 'must be an array'
    throw createWrong(document, [{ field: 'models', problem }])
  }
  const { settings, problems: wrong, extra } = takeViewSettings(rest)
  const state = new CatalogState(extra)
  state.restoreSettings(settings)
  const problems: FieldProblem[] = [...wrong.slice(0, MAX_PLACES)]
  const indexes = new Map<string, number>()
  for (const [index, model] of models.entries()) {
    if (problems.length >= MAX_PLACES) break
    const entry = decodeModel(model, index, problems)
    if (entry === undefined) continue
    const first = indexes.get(foldModelId(entry.id))
    if (first !== undefined)
      problems.push({ index, field: 'id', problem: `is also that of models[${first}]` })
    indexes.set(foldModelId(entry.id), index)
    const { revision, ...content } = entry
    state.restore(Row.ofWire(encodeEntry({ ...content, state: toAdoptedState(content) }), revision))
  }
  if (problems.length > 0) throw createWrong(document, problems)
  return state
}

/** DAMAGED with every place. */
function createWrong({ path, text }: CatalogDocument, problems: readonly FieldProblem[]): Error {
  const places = findFieldPlaces(text, problems.slice(0, MAX_PLACES))
  return createDamaged(path, `it is not a catalog: ${describePlaces(places)}`, { places })
}

/** The entry; undefined if it is none, with what is wrong added to `problems`. */
function decodeModel(model: unknown, index: number, problems: FieldProblem[]): ModelEntry | undefined {
  try {
    return decodeEntry(toOwnForm(model), readRevision(model))
  } catch (error) {
    if (!isCatalogError(error, 'INVALID_INPUT')) throw error
    // One model may have millions.
    const first = error.details.problems.slice(0, MAX_PLACES)
    problems.push(...first.map((problem) => toFieldProblem(problem, index)))
    return undefined
  }
}

function toFieldProblem({ field, problem }: InputProblem, index: number): FieldProblem {
  return { index, field: field === 'entry' ? '' : field, problem }
}

/** Active says that bytes were verified: without a digest or a time that cannot have been. */
function toAdoptedState({ state, digest, verifiedAt }: EntryContent): LifecycleState {
  return state === 'Active' && (digest === null || verifiedAt === null) ? 'Pending' : state
}

/** What the view of an earlier catalog says; 1 if there is none. */
function readRevision(model: unknown): number {
  const revision: unknown =
    typeof model === 'object' && model !== null ? Reflect.get(model, 'revision') : undefined
  return typeof revision === 'number' ? revision : 1
}
