/** Room `serve`: from which path a model is served. */

import {
  type FileReference,
  isCatalogError,
  type ListQuery,
  type ModelEntry,
  ModelRef,
  parseModelId,
  redactSource,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { createNotFound } from '../entry/errors.ts'
import { fileReferenceOf, fileReferencesOf } from '../entry/model-file-name.ts'

/** One model that a reference means, and where its files are, or are to be put. */
export interface LocatedModel {
  readonly id: string
  readonly entry: ModelEntry
  /** Absolute: one, or those of its manifest in its order. */
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
    ...(await getAll(context, [idOrRef])),
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
  const [own] = await getAll(context, [idOrRef])
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
  const { files, store } = context
  const ref = findRef(text)
  if (ref?.kind !== 'file') return []
  const reference = files.referenceTo(ref.path)
  const path = files.pathOf(reference)
  const lists = await Promise.all(queriesFor(reference).map((query) => store.list(query)))
  const named = 'file' in reference ? await getAll(context, idsFor(reference.file)) : []
  const ownFiles = (entry: ModelEntry): readonly FileReference[] => [
    fileReferenceOf(entry),
    ...fileReferencesOf(entry).map((each) => each.reference),
  ]
  return [...lists.flat(), ...named]
    .filter((entry) => ownFiles(entry).some((own) => files.pathOf(own) === path))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** For entries that name the path, or a directory above it that holds their files. */
function queriesFor(reference: FileReference): readonly ListQuery[] {
  if ('file' in reference) return prefixesOf(reference.file).map((file) => ({ file }))
  const places = prefixesOf(reference.location)
  return places.flatMap((place) => [{ location: place }, { location: `${place}/` }])
}

/** For entries whose file has the name that is made from their id. */
function idsFor(file: string): readonly string[] {
  // `.gguf`, or two as in `.tar.gz`.
  return [...prefixesOf(file), file.replace(/\.[^./]+$/u, ''), file.replace(/(?:\.[^./]+){2}$/u, '')]
}

/** `a`, `a/b` and `a/b/c` of `a/b/c`. */
function prefixesOf(path: string): readonly string[] {
  const ends = [...path.matchAll(/[\\/]/gu)].map(({ index }) => index).filter((index) => index > 0)
  return [...ends.map((end) => path.slice(0, end)), path]
}

async function getAll({ store }: CatalogContext, texts: readonly string[]): Promise<readonly ModelEntry[]> {
  const ids = texts.flatMap((text) => orNothing(() => parseModelId(text)) ?? [])
  const entries = await Promise.all(ids.map((id) => store.get(id)))
  return entries.filter((entry) => entry !== undefined)
}

function findRef(text: string): ModelRef | undefined {
  return orNothing(() => ModelRef.parse(text))
}

/** What is no id or no reference means nothing: that is no error of who asks. */
function orNothing<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return undefined
    throw error
  }
}
