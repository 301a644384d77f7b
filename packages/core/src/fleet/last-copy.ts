import { CatalogError, type EntryContent, type ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { countCopies, createCopyList, type ModelCopy } from './copies.ts'

/** What a removal takes: what stands under these keys. */
export type FindLastCopy = (entry: EntryContent, keys: Iterable<string>) => ModelCopy | undefined

/**
 * Tells the last copy of an entry that would go with these keys; undefined if another one counts, or none goes. Only in a shared
 * store: on one machine the only copy is the usual one.
 */
export async function createLastCopyCheck(context: CatalogContext): Promise<FindLastCopy> {
  if (!context.store.isShared) return () => undefined
  const list = await createCopyList(context)
  return (entry, keys) => {
    const copies = list(entry)
    const gone = new Set(keys)
    const going = copies.filter(({ key }) => gone.has(key))
    // Another machine may have read the very file, on a network file system.
    const volumes = new Set(going.flatMap((copy) => volumesOf(entry, copy)))
    const left = copies.filter((copy) => !gone.has(copy.key) && !isOn(entry, copy, volumes))
    return countCopies(left) > 0 ? undefined : going[0]
  }
}

function volumesOf({ evidence = {} }: EntryContent, { key, volume }: ModelCopy): readonly string[] {
  // Stryker disable next-line OptionalChaining,ArrayDeclaration: only the types need this: a copy has evidence.
  const parts = evidence[key]?.files ?? []
  return [volume, ...parts.map(({ fingerprint }) => fingerprint.volume)].filter((id) => id !== undefined)
}

function isOn(entry: EntryContent, copy: ModelCopy, volumes: ReadonlySet<string>): boolean {
  return volumesOf(entry, copy).some((id) => volumes.has(id))
}

/** LAST_COPY for a file that belongs to the last copy of a model. */
export function createLastCopy(
  { id }: ModelEntry,
  path: string,
  { node, verifiedAt }: ModelCopy,
): CatalogError<'LAST_COPY'> {
  const message = `model "${id}": ${path} is of its last verified copy, read by ${node} at ${verifiedAt}`
  return new CatalogError('LAST_COPY', message, { id, path, node, verifiedAt })
}
