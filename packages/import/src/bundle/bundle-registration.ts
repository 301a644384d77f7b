import type { BundleModel } from '@catalog/types'
import type { Catalog, ModelEntry, RegistrationInput } from 'model-catalog'
import type { BringOptions } from './bring-options.ts'
import { isAtPlace, type ModelPlace } from './model-place.ts'

/** Marks what came by a bundle. */
const TAG = 'bundle'
/** The limit of an entry. */
const MAX_TAGS = 64

/** Whether an entry means the bytes of a model: the digest of a directory covers the paths of its files. */
export function meansSame(entry: ModelEntry, { digest, isDirectory }: BundleModel): boolean {
  return entry.digest === digest && (entry.files !== undefined) === isDirectory
}

/** Puts a model into the catalog, not verified yet. The entry is at the place afterwards. */
export async function registerModel(
  catalog: Catalog,
  model: BundleModel,
  options: BringOptions & { readonly before: ModelEntry | undefined; readonly place: ModelPlace },
): Promise<ModelEntry> {
  const { before, place, actor, reason } = options
  const { id } = model
  if (before === undefined) {
    return await catalog.register({ id, ...toContent(model, options), ...place, actor, reason })
  }
  const by = { actor, reason, ifRevision: before.revision }
  if (meansSame(before, model)) {
    return isAtPlace(before, place) ? before : await catalog.update(id, place, by)
  }
  const { files = null, sizeBytes = null, tags = [], ...content } = toContent(model, options)
  const at = isAtPlace(before, place) && model.isDirectory === (before.files !== undefined) ? {} : place
  return await catalog.update(id, { ...content, files, sizeBytes, tags: joinTags(before, tags), ...at }, by)
}

function toContent(
  model: BundleModel,
  { keepOrigins }: BringOptions,
): Omit<RegistrationInput, 'id' | 'file' | 'location'> {
  const { name, source, digest, digestOrigin, sizeBytes, isDirectory, files, tags = [] } = model
  return {
    ...{ name, source, digest },
    // A bundle may claim any origin. What is known here is that a list has the digest.
    digestOrigin: keepOrigins && digestOrigin !== 'computed' ? digestOrigin : 'list',
    tags: joinTags({ tags }, [TAG]),
    ...(isDirectory ? { files: files.map(toFile) } : { sizeBytes }),
  }
}

function toFile({ path = '', sizeBytes, digest }: BundleModel['files'][number]): {
  readonly path: string
  readonly sizeBytes: number
  readonly digest: string
} {
  return { path, sizeBytes, digest }
}

function joinTags({ tags = [] }: Pick<ModelEntry, 'tags'>, more: readonly string[]): readonly string[] {
  return [...tags, ...more.filter((tag) => !tags.includes(tag))].slice(0, MAX_TAGS)
}
