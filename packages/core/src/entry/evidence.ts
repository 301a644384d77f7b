import type { EntryContent, Evidence, FileFingerprint, Fingerprint } from '@catalog/types'
import { MAX_DIAGNOSIS_NOTES } from '@catalog/types/adapter'
import type { ReadFile, Reading } from './reading.ts'

// Evidence is made here and nowhere else in this package; `evidence-writers.test.ts` holds that.

/** Evidence of what was read: a match if no file is wrong. Undefined if the files were only measured. */
export function toEvidence(reading: Reading, wrong: readonly ReadFile[] = []): Evidence | undefined {
  const { files, digest, bytes, durationMs, at } = reading
  const first = files[0]?.read
  if (digest === undefined || first === undefined) return undefined
  const outcome = wrong.length === 0 ? 'match' : 'mismatch'
  const isOfOne = files[0]?.part === undefined
  const seen = isOfOne
    ? { fingerprint: first.fingerprint }
    : // On a mismatch only the wrong files: the others need not be fetched again.
      { files: (outcome === 'match' ? files : wrong).flatMap(toFileFingerprint) }
  return { outcome, digest, ...seen, bytes, durationMs, engine: first.engine, at, ...lookOf(files) }
}

/** What the first looks found, if any was taken; of several files with the path of each. */
function lookOf(files: readonly ReadFile[]): Pick<Evidence, 'look'> {
  if (files.every(({ look }) => look === undefined)) return {}
  const notes = files.flatMap(({ part, look }) =>
    [...(look?.refusals ?? []), ...(look?.notes ?? [])].map(({ kind, text }) => ({
      kind,
      text: part === undefined ? text : `${part.path}: ${text}`,
    })),
  )
  return { look: notes.slice(0, MAX_DIAGNOSIS_NOTES) }
}

function toFileFingerprint({ part, read }: ReadFile): readonly FileFingerprint[] {
  return part === undefined || read === undefined ? [] : [{ path: part.path, fingerprint: read.fingerprint }]
}

/** Evidence of a match, after its files were moved to their names, where they have these fingerprints, in its order. */
export function toMovedEvidence(evidence: Evidence, moved: readonly Fingerprint[]): Evidence {
  const { fingerprint, files } = evidence
  return {
    ...evidence,
    ...(fingerprint !== undefined && { fingerprint: moved[0] ?? fingerprint }),
    ...(files !== undefined && {
      files: files.map((file, index) => ({ ...file, fingerprint: moved[index] ?? file.fingerprint })),
    }),
  }
}

/** Evidence, after files that it knows in one of the `old` states became names of one file, which is `now` in this state. */
export function toSharedEvidence(
  evidence: Evidence,
  isOld: (known: Fingerprint) => boolean,
  now: Fingerprint,
): Evidence {
  const { fingerprint, files } = evidence
  const renew = <F extends Fingerprint>(known: F): F => (isOld(known) ? { ...known, ...now } : known)
  return {
    ...evidence,
    ...(fingerprint !== undefined && { fingerprint: renew(fingerprint) }),
    ...(files !== undefined && {
      files: files.map((file) => ({ ...file, fingerprint: renew(file.fingerprint) })),
    }),
  }
}

/** The entry with what a node found, in place of what it had found before. */
export function withEvidence(entry: EntryContent, node: string, evidence: Evidence): EntryContent {
  return { ...entry, evidence: { ...entry.evidence, [node]: evidence } }
}

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

/** The entry without what any node found. */
export function withoutEvidence({ evidence: _evidence, ...rest }: EntryContent): EntryContent {
  return rest
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
