import type {
  DiagnosisNote,
  EntryContent,
  Evidence,
  Failure,
  FileDigest,
  FileReference,
  Fingerprint,
  ModelFile,
  Sha256Digest,
} from '@catalog/types'
import type { CatalogPolicy } from '../context/catalog-ports.ts'
import { hasMatchingEvidence, withoutEvidenceOf } from '../entry/evidence.ts'
import { STATE_AFTER_MATCH } from '../entry/lifecycle.ts'

/** One file of a multi-file model, read to its end. */
export interface ReadPart extends Required<Omit<ModelFile, 'extra'>> {
  readonly fingerprint: Fingerprint
}

/** What a reading found: of a multi-file model the digest of its manifest, the sum of its sizes, and every file. */
export interface ReadModel extends Omit<FileDigest, 'fingerprint'> {
  readonly fingerprint?: Fingerprint
  readonly parts?: readonly ReadPart[]
}

interface FoundAt {
  readonly node: string
  /** The model's file, or the one that is wrong, or the directory of all. */
  readonly path: string
  /** When the reading ended, ISO-8601 UTC. */
  readonly at: string
  readonly diagnosis?: readonly DiagnosisNote[]
}

interface Measured {
  readonly kind: 'measured'
  readonly expectedBytes: number
  readonly foundBytes: number
}

/** What a node found of one file: all of it, or its size. */
export type FileFinding = FoundAt & ({ readonly kind: 'read'; readonly read: FileDigest } | Measured)

/** What a node found: all of the model, a file of it with the wrong digest, or one whose size is not the declared one. */
export type Finding = FoundAt &
  (
    | { readonly kind: 'read'; readonly read: ReadModel }
    | { readonly kind: 'wrong-part'; readonly expected: Sha256Digest; readonly read: ReadModel }
    | Measured
  )

/** What a finding means for an entry. */
export type Verdict =
  | { readonly outcome: 'match'; readonly read: ReadModel }
  | { readonly outcome: 'digest-mismatch'; readonly expected: Sha256Digest; readonly read: ReadModel }
  | { readonly outcome: 'size-mismatch'; readonly expectedBytes: number; readonly foundBytes: number }

export type Mismatch = Exclude<Verdict, { readonly outcome: 'match' }>

/** How a finding is applied. */
export interface ApplyOptions {
  /** Where the file was found; on a match the entry refers to it from then on. */
  readonly moveTo?: FileReference | undefined
  readonly policy?: CatalogPolicy | undefined
}

/** An entry without a digest takes the first one found, but never that of a file of another size. */
export function judge(entry: EntryContent, finding: Finding): Verdict {
  if (finding.kind === 'measured') return { ...finding, outcome: 'size-mismatch' }
  const { read } = finding
  if (finding.kind === 'wrong-part') return { outcome: 'digest-mismatch', expected: finding.expected, read }
  const expectedBytes = entry.sizeBytes ?? read.sizeBytes
  if (expectedBytes !== read.sizeBytes) {
    return { outcome: 'size-mismatch', expectedBytes, foundBytes: read.sizeBytes }
  }
  if (entry.digest === null || entry.digest === read.digest) return { outcome: 'match', read }
  return { outcome: 'digest-mismatch', expected: entry.digest, read }
}

/** The entry after a finding; the same object where nothing changes. */
export function applyFinding(
  entry: EntryContent,
  finding: Finding,
  { moveTo, policy }: ApplyOptions = {},
): EntryContent {
  const verdict = judge(entry, finding)
  if (verdict.outcome !== 'match') {
    // A wrong file elsewhere says nothing against the right one that the entry has.
    return moveTo !== undefined && hasMatchingEvidence(entry) ? entry : toRefused(entry, finding, verdict)
  }
  const moved = moveTo === undefined ? entry : withReference(entry, moveTo)
  return toVerified(moved, finding, verdict.read, policy)
}

/** The entry, referring to this file and to no other. */
export function withReference(entry: EntryContent, reference: FileReference): EntryContent {
  const { file: _file, location: _location, ...rest } = entry
  return { ...rest, ...reference }
}

/** Evidence of one reading. */
function toEvidence(read: ReadModel, outcome: Evidence['outcome'], at: string): Evidence {
  const { digest, sizeBytes, fingerprint, parts, engine, durationMs } = read
  return {
    outcome,
    digest,
    ...(fingerprint !== undefined && { fingerprint }),
    ...(parts !== undefined && { files: parts.map(toFileFingerprint) }),
    bytes: sizeBytes,
    durationMs,
    engine,
    at,
  }
}

function toFileFingerprint({ path, fingerprint }: ReadPart): { path: string; fingerprint: Fingerprint } {
  return { path, fingerprint }
}

function toVerified(
  entry: EntryContent,
  { node, at }: Finding,
  read: ReadModel,
  policy: CatalogPolicy = {},
): EntryContent {
  const { failure: _failure, ...rest } = entry
  const digestOrigin = entry.digest === null ? 'computed' : entry.digestOrigin
  const isTrusted = policy.requireDeclaredDigest !== true || digestOrigin !== 'computed'
  const state = STATE_AFTER_MATCH[entry.state]
  return {
    ...rest,
    ...(entry.digest === null && { digest: read.digest, digestOrigin: 'computed' }),
    ...(entry.files !== undefined && { files: entry.files.map((file) => completeFile(file, read.parts)) }),
    state: isTrusted || state !== 'Active' ? state : 'Pending',
    verifiedAt: at,
    evidence: { ...entry.evidence, [node]: toEvidence(read, 'match', at) },
  }
}

/** With the size and the digest that were found, where none was declared. */
function completeFile(file: ModelFile, parts: readonly ReadPart[] = []): ModelFile {
  const found = parts.find(({ path }) => path === file.path)
  return found === undefined ? file : { ...file, sizeBytes: found.sizeBytes, digest: found.digest }
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
  if (finding.kind === 'measured') return withoutEvidenceOf(entry, node)
  return { ...entry, evidence: { ...entry.evidence, [node]: toEvidence(finding.read, 'mismatch', at) } }
}

function toFailure(mismatch: Mismatch, { node, path, at, diagnosis }: Finding): Failure {
  const where = { node, path, at, ...(diagnosis !== undefined && { diagnosis }) }
  if (mismatch.outcome === 'digest-mismatch') {
    return { reason: mismatch.outcome, expected: mismatch.expected, found: mismatch.read.digest, ...where }
  }
  const { outcome: reason, expectedBytes, foundBytes } = mismatch
  return { reason, expected: String(expectedBytes), found: String(foundBytes), ...where }
}
