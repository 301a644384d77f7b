import type { Evidence, ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { createNotUsable } from './errors.ts'
import { evidenceOf, isMatchingEvidence } from './evidence.ts'

/** This node's evidence for a model that may be used. NOT_USABLE says why it may not. */
export function assertUsable(context: CatalogContext, entry: ModelEntry): Evidence {
  const { id, state } = entry
  if (state !== 'Active') throw createNotUsable({ id, state, problem: 'state' })
  const evidence = evidenceOf(entry, context.node)
  if (evidence === undefined || !isMatchingEvidence(entry, evidence)) {
    throw createNotUsable({ id, state, problem: 'no-evidence' })
  }
  const problem = findPolicyProblem(context, entry, evidence)
  if (problem !== undefined) throw createNotUsable({ id, state, problem })
  return evidence
}

/** What the policy has against using a model on this evidence. */
export function findPolicyProblem(
  { policy, clock }: CatalogContext,
  { digestOrigin }: ModelEntry,
  { at }: Evidence,
): 'undeclared-digest' | 'old-evidence' | undefined {
  if (policy.requireDeclaredDigest === true && digestOrigin === 'computed') return 'undeclared-digest'
  const { maxEvidenceAgeMs = Number.POSITIVE_INFINITY } = policy
  if (maxEvidenceAgeMs === Number.POSITIVE_INFINITY) return undefined
  return clock.now().getTime() - Date.parse(at) > maxEvidenceAgeMs ? 'old-evidence' : undefined
}
