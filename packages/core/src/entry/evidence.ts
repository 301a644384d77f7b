import type { EntryContent, Evidence } from '@catalog/types'

/** What a node found when it last read the model's file, right or wrong; undefined if it has not read it. */
export function evidenceOf(entry: EntryContent, node: string): Evidence | undefined {
  const { evidence } = entry
  // A node may be called `constructor`, which every object seems to have.
  return evidence !== undefined && Object.hasOwn(evidence, node) ? evidence[node] : undefined
}

/** Whether evidence shows that the bytes are those of the entry's present digest. Says nothing of the file since. */
export function isMatchingEvidence(entry: EntryContent, evidence: Evidence): boolean {
  return evidence.outcome === 'match' && evidence.digest === entry.digest
}

/** Whether any node has evidence for the entry's present digest: only then may the model be Active. */
export function hasMatchingEvidence(entry: EntryContent): boolean {
  return Object.values(entry.evidence ?? {}).some((evidence) => isMatchingEvidence(entry, evidence))
}

/** The entry without what a node found; the same object where it had found nothing. */
export function withoutEvidenceOf(entry: EntryContent, node: string): EntryContent {
  const { evidence = {}, ...rest } = entry
  if (!Object.hasOwn(evidence, node)) return entry
  const others = Object.entries(evidence).filter(([key]) => key !== node)
  return others.length === 0 ? rest : { ...rest, evidence: Object.fromEntries(others) }
}

/** The same, and Pending where it was Active and no other node has the right bytes. */
export function dropEvidence(entry: EntryContent, node: string): EntryContent {
  const left = withoutEvidenceOf(entry, node)
  return left.state === 'Active' && !hasMatchingEvidence(left) ? { ...left, state: 'Pending' } : left
}
