import type { EntryContent, LifecycleState, ModelEntry, ModelId } from '@catalog/types'
import type { CatalogContext } from './catalog-ports.ts'
import { createInvalidTransition, createMissingEvidence } from './errors.ts'
import { hasMatchingEvidence } from './evidence.ts'
import { canTransition, findTransitionRule } from './lifecycle.ts'
import type { WriteOptions } from './operation-options.ts'
import { updateEntry } from './update-entry.ts'

export interface SetStateRequest extends WriteOptions {
  readonly id: ModelId
  readonly state: LifecycleState
}

/** Sets the state by the rules of the transition table; the state that the entry has commits nothing. */
export async function setModelState(
  context: CatalogContext,
  { state, ...request }: SetStateRequest,
): Promise<ModelEntry> {
  const update = { ...request, operation: 'set-state' }
  const { before, after } = await updateEntry(context, update, (entry) => toState(entry, state))
  return after ?? before
}

function toState(entry: ModelEntry, to: LifecycleState): EntryContent {
  const { id, state: from } = entry
  if (from === to) return entry
  if (findTransitionRule(from, to) === undefined) throw createInvalidTransition({ id, from, to })
  if (!canTransition(from, to, hasMatchingEvidence(entry))) throw createMissingEvidence({ id, from, to })
  return from === 'Failed' ? leaveFailed(entry, to) : { ...entry, state: to }
}

/** `failure` says why a model is Failed, so it goes. Back at Pending nothing counts that was verified before. */
function leaveFailed(entry: EntryContent, state: LifecycleState): EntryContent {
  const { failure: _failure, evidence, ...rest } = entry
  if (state === 'Pending' || evidence === undefined) return { ...rest, state }
  return { ...rest, evidence, state }
}
