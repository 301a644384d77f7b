import type { EntryContent, LifecycleState, ModelEntry, ModelId } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import { createInvalidTransition, createMissingEvidence, createNotUsable } from '../entry/errors.ts'
import { canTransition, findTransitionRule } from '../entry/lifecycle.ts'
import type { WriteOptions } from '../entry/operation-options.ts'
import { updateEntry } from '../entry/update-entry.ts'
import { hasMatchingEvidence, isMatchingEvidence, withoutEvidence } from '../evidence/evidence.ts'
import { findAnyEvidence } from '../evidence/own-evidence.ts'
import { findPolicyProblem } from '../evidence/usability.ts'
import { assertNotLeased } from '../lease/active-leases.ts'
import { type WaitOptions, waitUntilUnused } from '../lease/wait-until-unused.ts'
import { assertAsVerified, lookAtModel } from '../serve/verified-files.ts'

export interface SetStateRequest extends WriteOptions, WaitOptions {
  readonly id: ModelId
  readonly state: LifecycleState
}

/** Sets the state by the rules of the transition table; the state that the entry has commits nothing. */
export async function setModelState(
  context: CatalogContext,
  { state, wait, ...request }: SetStateRequest,
): Promise<ModelEntry> {
  const update = { ...request, operation: 'set-state' }
  return await waitUntilUnused(context, { id: request.id, wait }, async () => {
    const { before, after } = await updateEntry(context, update, async (entry) => {
      const changed = await toState(context, entry, state)
      if (changed !== entry && state === 'Retired') assertNotLeased(context, entry)
      return changed
    })
    return after ?? before
  })
}

async function toState(
  context: CatalogContext,
  entry: ModelEntry,
  to: LifecycleState,
): Promise<EntryContent> {
  const { id, state: from } = entry
  if (from === to) return entry
  if (findTransitionRule(from, to) === undefined) throw createInvalidTransition({ id, from, to })
  if (!canTransition(from, to, hasMatchingEvidence(entry))) throw createMissingEvidence({ id, from, to })
  if (to === 'Active') await assertActivatable(context, entry)
  return withState(entry, to)
}

/**
 * Evidence is for a file as well as for a digest: where a volume is here that has some, its file must still be the one. What
 * other volumes have, those will look at that have them. NOT_USABLE where the policy is against it; FILE_CHANGED,
 * EVIDENCE_STALE, FILE_MISSING.
 */
async function assertActivatable(context: CatalogContext, entry: ModelEntry): Promise<void> {
  const { id, state } = entry
  const now = { policy: await policyOf(context), clock: context.clock }
  const own = findAnyEvidence(context, entry)?.evidence
  const isOwn = own !== undefined && isMatchingEvidence(entry, own)
  const matching = Object.values(entry.evidence ?? {}).filter((item) => isMatchingEvidence(entry, item))
  const problems = (isOwn ? [own] : matching).map((item) => findPolicyProblem(now, entry, item))
  const problem = problems.includes(undefined) ? undefined : problems[0]
  if (problem !== undefined) throw createNotUsable({ id, state, problem })
  if (isOwn) assertAsVerified(entry, lookAtModel(context, entry), now.policy)
}

/** `failure` says why a model is Failed, so it goes. Back at Pending, from Failed, nothing counts that was verified before. */
function withState(entry: EntryContent, state: LifecycleState): EntryContent {
  const { failure: _failure, ...rest } = state === 'Pending' ? withoutEvidence(entry) : entry
  return { ...rest, state }
}
