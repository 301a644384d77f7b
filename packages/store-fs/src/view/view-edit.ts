import type { Change, Commit, EntryContent, ModelEntry } from '@catalog/types'
import { encodeEntry } from '@catalog/types/adapter'
import type { CatalogState } from '../state/catalog-state.ts'

/** What a commit of an edit is called in the history. */
export const EDIT_OPERATION = 'edit'

/**
 * What somebody did to `catalog.json` by hand, as one commit: the models that were added, changed and taken out of it.
 * Undefined where it says the same as the catalog.
 */
export function planEdit(present: CatalogState, edited: CatalogState): Commit | undefined {
  const changes = [...findPuts(present, edited), ...findRemovals(present, edited)]
  if (changes.length === 0) return undefined
  return { operation: EDIT_OPERATION, reason: 'catalog.json was edited', changes }
}

function* findPuts(present: CatalogState, edited: CatalogState): Generator<Change> {
  for (const row of edited.rows()) {
    const before = present.get(row.id)?.entry()
    const entry = withGuardedState(row.entry(), before)
    if (before !== undefined && isSame(before, entry)) continue
    yield { id: entry.id, ifRevision: before?.revision ?? 0, entry }
  }
}

function* findRemovals(present: CatalogState, edited: CatalogState): Generator<Change> {
  for (const { id, revision } of present.rows()) {
    if (edited.get(id) === undefined) yield { id: id as Change['id'], ifRevision: revision, entry: null }
  }
}

/** Nobody makes a model Active by writing so: without evidence for its digest it is Pending. */
function withGuardedState(edited: ModelEntry, before: ModelEntry | undefined): EntryContent {
  const wasActive = before?.state === 'Active' && before.digest === edited.digest
  const isActive = edited.state === 'Active' && !wasActive && !hasEvidence(edited)
  return isActive ? { ...edited, state: 'Pending' } : edited
}

function hasEvidence({ digest, evidence = {} }: EntryContent): boolean {
  return Object.values(evidence).some((item) => item.outcome === 'match' && item.digest === digest)
}

function isSame(a: EntryContent, b: EntryContent): boolean {
  return toText(a) === toText(b)
}

function toText(entry: EntryContent): string {
  const { revision: _revision, ...wire } = encodeEntry(entry)
  return JSON.stringify(wire)
}
