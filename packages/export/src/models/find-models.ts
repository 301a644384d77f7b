import {
  type Catalog,
  CatalogError,
  isCatalogError,
  LifecycleState,
  type ModelEntry,
  parseLifecycleState,
} from 'model-catalog'
import type { ExportedModel } from './exported-model.ts'

/** Which models are exported. */
export interface FindModelsOptions {
  /** Only these; default: all that are in one of the states. */
  readonly ids?: readonly string[] | undefined
  /** Default: Active alone. */
  readonly states?: readonly LifecycleState[] | undefined
}

const PAGE = 500

/**
 * The models to export, with their paths: by id, or those that are named in that order. Accesses no model file.
 *
 * @throws {CatalogError} INVALID_INPUT if an id is not a model id, or a state is not one of the four
 * @throws {CatalogError} NOT_FOUND if no model has one of the ids
 * @throws {CatalogError} NOT_USABLE if a named model is in another state
 * @throws {CatalogError} CLOSED if the catalog is closed
 */
export async function findModels(
  catalog: Catalog,
  { ids, states = [LifecycleState.Active] }: FindModelsOptions = {},
): Promise<readonly ExportedModel[]> {
  const wanted = states.map(parseLifecycleState)
  const entries = ids === undefined ? await listEntries(catalog, wanted) : await readEntries(catalog, ids)
  const other = entries.find(({ state }) => !wanted.includes(state))
  if (other !== undefined) throw createNotWanted(other, wanted)
  const models: ExportedModel[] = []
  for (const entry of entries) {
    const path = await findPath(catalog, entry.id)
    if (path !== undefined) models.push({ entry, path })
  }
  return models
}

async function listEntries(
  catalog: Catalog,
  states: readonly LifecycleState[],
): Promise<readonly ModelEntry[]> {
  const entries: ModelEntry[] = []
  let after: string | undefined
  do {
    const page = await catalog.page({ state: states, limit: PAGE, after })
    entries.push(...page.entries)
    after = page.next
  } while (after !== undefined)
  return entries
}

async function readEntries(catalog: Catalog, ids: readonly string[]): Promise<readonly ModelEntry[]> {
  const entries: ModelEntry[] = []
  for (const id of new Set(ids)) {
    const entry = await catalog.get(id)
    if (entry === undefined) throw new CatalogError('NOT_FOUND', `no model has the id ${id}`, { id })
    entries.push(entry)
  }
  return entries
}

function createNotWanted({ id, state }: ModelEntry, wanted: readonly LifecycleState[]): CatalogError {
  const message = `model "${id}" is ${state}, not ${wanted.join(' or ')}`
  return new CatalogError('NOT_USABLE', message, { id, state, problem: 'state' })
}

/** Undefined if it was removed since it was listed. */
async function findPath(catalog: Catalog, id: string): Promise<string | undefined> {
  try {
    return await catalog.modelPath(id)
  } catch (error) {
    if (isCatalogError(error, 'NOT_FOUND')) return undefined
    throw error
  }
}
