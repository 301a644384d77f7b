import type { EntryContent, ModelEntry, Registration } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { createAlreadyExists } from '../entry/errors.ts'
import { digestOfFiles } from '../entry/manifest-digest.ts'
import { commitChange } from '../entry/update-entry.ts'

/** Adds a Pending entry. ALREADY_EXISTS where the id, or one that differs only in case, is there. */
export async function registerModel(
  context: CatalogContext,
  registration: Registration,
): Promise<ModelEntry> {
  const { id } = registration
  const { files } = registration
  const digest =
    files === undefined ? registration.digest : digestOfFiles(context, files, registration.digest)
  const entry = toPendingEntry({ ...registration, digest }, context.clock.now().toISOString())
  const outcome = await commitChange(context, { ...registration, operation: 'register' }, 0, entry)
  if (!outcome.applied) throw createAlreadyExists(id, outcome.conflicts[0]?.foundId ?? id)
  const [registered] = outcome.entries
  if (!registered) throw new TypeError('the store gave no entry for a registration')
  return registered
}

function toPendingEntry(registration: Registration, registeredAt: string): EntryContent {
  const { id, name = id, source, digest, sizeBytes, file, location, files, tags } = registration
  return {
    id,
    name,
    source,
    digest,
    state: 'Pending',
    registeredAt,
    verifiedAt: null,
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(file !== undefined && { file }),
    ...(location !== undefined && { location }),
    ...(files !== undefined && { files }),
    ...(tags !== undefined && { tags }),
    ...(digest !== null && { digestOrigin: 'declared' as const }),
  }
}
