import type { EntryContent, Evidence, Failure, FileDigest, FileReference, Sha256Digest } from '@catalog/types'
import { hasMatchingEvidence } from './evidence.ts'
import { STATE_AFTER_MATCH } from './lifecycle.ts'

/** What a node found at a path: all of the file, or only that its size is not the declared one. */
export type Finding = {
  readonly node: string
  readonly path: string
  /** When the reading ended, ISO-8601 UTC. */
  readonly at: string
} & (
  | { readonly kind: 'read'; readonly read: FileDigest }
  | { readonly kind: 'measured'; readonly expectedBytes: number; readonly foundBytes: number }
)

/** What a finding means for an entry. */
export type Verdict =
  | { readonly outcome: 'match'; readonly read: FileDigest }
  | { readonly outcome: 'digest-mismatch'; readonly expected: Sha256Digest; readonly read: FileDigest }
  | { readonly outcome: 'size-mismatch'; readonly expectedBytes: number; readonly foundBytes: number }

export type Mismatch = Exclude<Verdict, { readonly outcome: 'match' }>

/** An entry without a digest takes the first one found, but never that of a file of another size. */
export function judge(entry: EntryContent, finding: Finding): Verdict {
  if (finding.kind === 'measured') return { ...finding, outcome: 'size-mismatch' }
  const { read } = finding
  const expectedBytes = entry.sizeBytes ?? read.sizeBytes
  if (expectedBytes !== read.sizeBytes) {
    return { outcome: 'size-mismatch', expectedBytes, foundBytes: read.sizeBytes }
  }
  if (entry.digest === null || entry.digest === read.digest) return { outcome: 'match', read }
  return { outcome: 'digest-mismatch', expected: entry.digest, read }
}

/**
 * The entry after a finding; the same object where nothing changes. On a match it refers to the file at `moveTo`,
 * where one is given, from then on.
 */
export function applyFinding(entry: EntryContent, finding: Finding, moveTo?: FileReference): EntryContent {
  const verdict = judge(entry, finding)
  if (verdict.outcome !== 'match') {
    // A wrong file elsewhere says nothing against the right one that the entry has.
    return moveTo !== undefined && hasMatchingEvidence(entry) ? entry : toRefused(entry, finding, verdict)
  }
  return toVerified(moveTo === undefined ? entry : withReference(entry, moveTo), finding, verdict.read)
}

/** The entry, referring to this file and to no other. */
export function withReference(entry: EntryContent, reference: FileReference): EntryContent {
  const { file: _file, location: _location, ...rest } = entry
  return { ...rest, ...reference }
}

function toVerified(entry: EntryContent, { node, at }: Finding, read: FileDigest): EntryContent {
  const { failure: _failure, ...rest } = entry
  return {
    ...rest,
    ...(entry.digest === null && { digest: read.digest, digestOrigin: 'computed' }),
    state: STATE_AFTER_MATCH[entry.state],
    verifiedAt: at,
    evidence: { ...entry.evidence, [node]: toEvidence(read, 'match', at) },
  }
}

/** Failed, unless another node has the right bytes: then only this node's evidence tells of the wrong ones. */
function toRefused(entry: EntryContent, finding: Finding, mismatch: Mismatch): EntryContent {
  const known = withEvidenceOf(entry, finding)
  if (hasMatchingEvidence(known)) return known
  return { ...known, state: 'Failed', failure: toFailure(mismatch, finding) }
}

/** With what this node found; a file that was only measured leaves it without evidence, and without the old one. */
function withEvidenceOf(entry: EntryContent, finding: Finding): EntryContent {
  const { node, at } = finding
  if (finding.kind === 'read') {
    return { ...entry, evidence: { ...entry.evidence, [node]: toEvidence(finding.read, 'mismatch', at) } }
  }
  const { evidence = {}, ...rest } = entry
  if (!Object.hasOwn(evidence, node)) return entry
  return { ...rest, evidence: Object.fromEntries(Object.entries(evidence).filter(([key]) => key !== node)) }
}

function toEvidence(read: FileDigest, outcome: Evidence['outcome'], at: string): Evidence {
  const { digest, sizeBytes, fingerprint, engine, durationMs } = read
  return { outcome, digest, fingerprint, bytes: sizeBytes, durationMs, engine, at }
}

function toFailure(mismatch: Mismatch, { node, path, at }: Finding): Failure {
  const where = { node, path, at }
  if (mismatch.outcome === 'digest-mismatch') {
    return { reason: mismatch.outcome, expected: mismatch.expected, found: mismatch.read.digest, ...where }
  }
  const { outcome: reason, expectedBytes, foundBytes } = mismatch
  return { reason, expected: String(expectedBytes), found: String(foundBytes), ...where }
}
