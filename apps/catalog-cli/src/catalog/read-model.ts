import { type Catalog, CatalogError, type ModelEntry } from 'model-catalog'

export interface Model {
  readonly entry: ModelEntry
  /** Where its file is, or is to be put. */
  readonly path: string
}

/** The entry and its path, or NOT_FOUND. */
export async function readModel(catalog: Catalog, id: string): Promise<Model> {
  const entry = await catalog.get(id)
  if (entry === undefined) throw new CatalogError('NOT_FOUND', `model "${id}" is not in the catalog`, { id })
  return { entry, path: await catalog.modelPath(id) }
}
