import type { DigestOrigin, EntryContent, Evidence, ModelEntry, UsabilityProblem } from '@catalog/types'
import type { CatalogContext, CatalogPolicy } from '../context/catalog-ports.ts'
import { createNotUsable } from '../entry/errors.ts'
import { isAhead } from '../entry/time-span.ts'
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
    const isWrong = evidence?.outcome === 'mismatch'
    throw createNotUsable({ id, state, problem: isWrong ? 'wrong-bytes' : 'no-evidence' })
  }
  const problem = findPolicyProblem({ policy, clock: context.clock }, entry, evidence)
  if (problem !== undefined) throw createNotUsable({ id, state, problem })
}

/** What the policy has against using a model on this evidence. */
export function findPolicyProblem(
  { policy, clock }: Pick<CatalogContext, 'policy' | 'clock'>,
  entry: ModelEntry,
  { at }: Evidence,
): Exclude<UsabilityProblem, 'state' | 'no-evidence' | 'wrong-bytes'> | undefined {
  return (
    findOriginProblem(policy, entry.digestOrigin) ??
    (isTooOld({ policy, clock }, at) ? 'old-evidence' : undefined)
  )
}

/** What the policy has against a digest of this origin. A digest whose origin was not recorded comes from the caller. */
export function findOriginProblem(
  { requireDeclaredDigest, requireDigestOrigin }: CatalogPolicy,
  origin: DigestOrigin = 'caller',
): 'undeclared-digest' | 'digest-origin' | undefined {
  if (requireDeclaredDigest === true && origin === 'computed') return 'undeclared-digest'
  return requireDigestOrigin === undefined || requireDigestOrigin.includes(origin)
    ? undefined
    : 'digest-origin'
}

/** Whether evidence is older than the policy allows; never where that says nothing. What a clock that was ahead dated is old. */
export function isTooOld({ policy, clock }: Pick<CatalogContext, 'policy' | 'clock'>, at: string): boolean {
  const { maxEvidenceAgeMs } = policy
  if (maxEvidenceAgeMs === undefined) return false
  return isAhead({ clock }, at) || clock.now().getTime() - Date.parse(at) > maxEvidenceAgeMs
}
