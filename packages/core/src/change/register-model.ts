import type { EntryContent, ModelEntry, Registration } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { createAlreadyExists } from '../entry/errors.ts'
import { digestOfFiles } from '../entry/manifest-digest.ts'
import { commitChange } from '../entry/update-entry.ts'
import { assertPathsFree, confirm, findPathRivalry } from '../ownership/exclusive-update.ts'

/**
 * Adds a Pending entry. ALREADY_EXISTS if the id, or one that differs only in case, is there, or another model names its
 * file and not with the same declared digest.
 */
export async function registerModel(
  context: CatalogContext,
  registration: Registration,
): Promise<ModelEntry> {
  const { id } = registration
  const { files } = registration
  const digest =
    files === undefined ? registration.digest : digestOfFiles(context, files, registration.digest)
  const entry = toPendingEntry({ ...registration, digest }, context.clock.now().toISOString())
  const position = await context.store.refresh()
  await assertPathsFree(context, entry)
  const request = { id, operation: 'register', actor: registration.actor, reason: registration.reason }
  const outcome = await commitChange(context, request, 0, entry)
  // Stryker disable next-line OptionalChaining: only the types need this: a refusal names what it found.
  if (!outcome.applied) throw createAlreadyExists(id, outcome.conflicts[0]?.foundId ?? id)
  const [registered] = outcome.entries
  // Stryker disable next-line ConditionalExpression: only the types need this: the store gives what was written.
  if (!registered) throw new TypeError('the store gave no entry for a registration')
  await confirm(context, { position, after: registered, findRivalry: findPathRivalry, request })
  return registered
}

function toPendingEntry(registration: Registration, registeredAt: string): EntryContent {
  const { id, name = id, source, digest, sizeBytes, file, location, files, tags } = registration
  const { digestOrigin = 'caller', linksInto } = registration
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
    ...(linksInto !== undefined && { linksInto }),
    ...(files !== undefined && { files }),
    ...(tags !== undefined && { tags }),
    ...(digest !== null && { digestOrigin }),
  }
}
