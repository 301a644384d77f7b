import type { EntryContent, Evidence, ModelEntry } from '@catalog/types'
import type { CatalogContext, CatalogPolicy } from '../context/catalog-ports.ts'
import { createNotUsable } from './errors.ts'
import { isMatchingEvidence } from './evidence.ts'

/** NOT_USABLE for a model that is not Active. */
export function assertActive({ id, state }: EntryContent): void {
  if (state !== 'Active') throw createNotUsable({ id, state, problem: 'state' })
}

/** Makes sure that a model may be used on this evidence. NOT_USABLE says why it may not. */
export function assertUsable(
  context: Pick<CatalogContext, 'clock'>,
  entry: ModelEntry,
  evidence: Evidence | undefined,
  policy: CatalogPolicy,
): void {
  const { id, state } = entry
  assertActive(entry)
  if (evidence === undefined || !isMatchingEvidence(entry, evidence)) {
    throw createNotUsable({ id, state, problem: 'no-evidence' })
  }
  const problem = findPolicyProblem(context, policy, { entry, evidence })
  if (problem !== undefined) throw createNotUsable({ id, state, problem })
}

interface Use {
  readonly entry: Pick<ModelEntry, 'digestOrigin'>
  readonly evidence: Evidence
}

/** What the policy has against using a model on this evidence. */
export function findPolicyProblem(
  { clock }: Pick<CatalogContext, 'clock'>,
  policy: CatalogPolicy,
  { entry: { digestOrigin }, evidence: { at } }: Use,
): 'undeclared-digest' | 'old-evidence' | undefined {
  if (policy.requireDeclaredDigest === true && digestOrigin === 'computed') return 'undeclared-digest'
  const { maxEvidenceAgeMs = Number.POSITIVE_INFINITY } = policy
  if (maxEvidenceAgeMs === Number.POSITIVE_INFINITY) return undefined
  return clock.now().getTime() - Date.parse(at) > maxEvidenceAgeMs ? 'old-evidence' : undefined
}
