import { type ModelEntry, ModelRef, parseModelId, redactSource } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { createNotFound } from '../entry/errors.ts'
import { fileReferencesOf } from '../entry/model-file-name.ts'
import { findNaming, getEntries, orNothing } from '../ownership/naming-entries.ts'

/** One model that a reference can mean, and where its files are, or are to be. */
export interface LocatedModel {
  readonly id: string
  readonly entry: ModelEntry
  /** Absolute: one path, or those of the manifest in its order. */
  readonly paths: readonly string[]
}

/**
 * The models that an id or a reference means: first the one of this id, then those whose source it is in any
 * spelling, then those that have their file, or the directory of their files, at this path; the last two by id.
 * Looks at no file, and at no more entries than the store must to find them.
 */
async function findEntries(context: CatalogContext, idOrRef: string): Promise<readonly ModelEntry[]> {
  const { store } = context
  const found = [
    ...(await getEntries(context, [idOrRef])),
    ...(await store.list({ source: idOrRef })),
    ...(await findByPath(context, idOrRef)),
  ]
  return found.filter((entry, index) => found.findIndex(({ id }) => id === entry.id) === index)
}

/**
 * The one model that an id or a reference means: of several the first that is Active, else the first. NOT_FOUND. An id
 * costs one look at the store.
 */
export async function findMeant(context: CatalogContext, idOrRef: string): Promise<ModelEntry> {
  const id = orNothing(() => parseModelId(idOrRef))
  const own = id && (await context.store.get(id))
  if (own !== undefined) return own
  const entries = await findEntries(context, idOrRef)
  const meant = entries.find(({ state }) => state === 'Active') ?? entries[0]
  if (meant === undefined) throw createNotFound(redactSource(idOrRef))
  return meant
}

/** The models that an id or a reference means, each with its paths. */
export async function locateModels(
  context: CatalogContext,
  idOrRef: string,
): Promise<readonly LocatedModel[]> {
  const entries = await findEntries(context, idOrRef)
  return entries.map((entry) => {
    const paths = fileReferencesOf(entry).map(({ reference }) => context.files.pathOf(reference))
    return { id: entry.id, entry, paths }
  })
}

async function findByPath(context: CatalogContext, text: string): Promise<readonly ModelEntry[]> {
  const ref = findRef(text)
  return ref?.kind === 'file' ? await findNaming(context, context.files.referenceTo(ref.path)) : []
}

function findRef(text: string): ModelRef | undefined {
  return orNothing(() => ModelRef.parse(text))
}
