/** Room `conformance/store`: what every store passes, case by case. */
import {
  type CatalogStore,
  type Change,
  type Commit,
  type CommitOutcome,
  type EntryContent,
  type ModelEntry,
  type ModelId,
  parseModelId,
  type RevisionConflict,
} from '@catalog/types'

export function id(text: string): ModelId {
  return parseModelId(text)
}

/** A change to this entry at the revision, 0 to register it. */
export function put(entry: EntryContent, ifRevision = 0): Change {
  return { id: entry.id, ifRevision, entry }
}

export function removal(text: string, ifRevision: number): Change {
  return { id: id(text), ifRevision, entry: null }
}

export function commitOf(...changes: readonly Change[]): Commit {
  return { operation: 'update', changes }
}

export async function tryCommit(store: CatalogStore, ...changes: readonly Change[]): Promise<CommitOutcome> {
  const [outcome] = await store.commit([commitOf(...changes)])
  if (outcome === undefined) throw new Error('one commit must have one outcome')
  return outcome
}

/** Commits what must apply and returns its entries. */
export async function commit(
  store: CatalogStore,
  ...changes: readonly Change[]
): Promise<readonly (ModelEntry | null)[]> {
  const outcome = await tryCommit(store, ...changes)
  if (!outcome.applied) throw new Error(`a conflict: ${JSON.stringify(outcome.conflicts)}`)
  return outcome.entries
}

/** Commits one entry that must apply and returns it. */
export async function commitEntry(
  store: CatalogStore,
  entry: EntryContent,
  ifRevision = 0,
): Promise<ModelEntry> {
  const [committed] = await commit(store, put(entry, ifRevision))
  if (committed === undefined || committed === null) throw new Error('the entry must come back')
  return committed
}

/** Commits what must not apply and returns why. */
export async function conflictsOf(
  store: CatalogStore,
  ...changes: readonly Change[]
): Promise<readonly RevisionConflict[]> {
  const outcome = await tryCommit(store, ...changes)
  if (outcome.applied) throw new Error('the commit must not apply')
  return outcome.conflicts
}
