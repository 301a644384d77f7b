import { isDeepStrictEqual } from 'node:util'
import type { Change, Commit, EntryContent, ModelEntry } from '@catalog/types'
import { encodeEntry } from '@catalog/types/adapter'
import type { WireSettingsChange } from '../format/record.ts'
import type { CatalogState } from '../state/catalog-state.ts'

/** What a commit of an edit is called in the history. */
export const EDIT_OPERATION = 'edit'

/** Why there is such a commit. */
export const EDIT_REASON = 'catalog.json was edited'

/** What was changed in `catalog.json` by hand; each part is undefined if it says the same as the catalog. */
export interface Edit {
  /** The models that were added, changed and taken out of it. */
  readonly models: Commit | undefined
  readonly settings: WireSettingsChange | undefined
}

/** Undefined where the whole file says the same as the catalog. */
export function planEdit(present: CatalogState, edited: CatalogState): Edit | undefined {
  const changes = [...findPuts(present, edited), ...findRemovals(present, edited)]
  const models =
    changes.length === 0 ? undefined : { operation: EDIT_OPERATION, reason: EDIT_REASON, changes }
  const settings = planSettings(present, edited)
  return models === undefined && settings === undefined ? undefined : { models, settings }
}

/** A file without settings says nothing of them: a program that knows none must not take a policy away. */
function planSettings(present: CatalogState, { settings }: CatalogState): WireSettingsChange | undefined {
  if (settings === undefined) return undefined
  const { revision = 0, content = EMPTY_SETTINGS } = present.settings ?? {}
  return isDeepStrictEqual(settings.content, content)
    ? undefined
    : { if: revision, content: settings.content }
}

const EMPTY_SETTINGS = { policy: {}, volumes: {} }

function* findPuts(present: CatalogState, edited: CatalogState): Generator<Change> {
  for (const row of edited.rows()) {
    const before = present.get(row.id)?.entry()
    const entry = withGuardedFacts(withGuardedState(row.entry(), before), before)
    if (before !== undefined && isSame(before, entry)) continue
    yield { id: entry.id, ifRevision: before?.revision ?? 0, entry }
  }
}

function* findRemovals(present: CatalogState, edited: CatalogState): Generator<Change> {
  for (const { id, revision } of present.rows()) {
    if (edited.get(id) === undefined) yield { id: id as Change['id'], ifRevision: revision, entry: null }
  }
}

/** An edit alone does not make a model Active: without evidence for its digest it is Pending. */
function withGuardedState(edited: ModelEntry, before: ModelEntry | undefined): EntryContent {
  const wasActive = before?.state === 'Active' && before.digest === edited.digest
  const isActive = edited.state === 'Active' && !wasActive && !hasEvidence(edited)
  return isActive ? { ...edited, state: 'Pending' } : edited
}

/** Facts are what a verification read: an edit neither adds nor changes them, and other bytes have none yet. */
function withGuardedFacts(edited: EntryContent, before: ModelEntry | undefined): EntryContent {
  const { facts: _facts, ...rest } = edited
  const isOfSameBytes = before?.facts !== undefined && before.digest === edited.digest
  return isOfSameBytes ? { ...rest, facts: before.facts } : rest
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
