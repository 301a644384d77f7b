import type {
  DirectoryIdentity,
  EntryContent,
  Evidence,
  FileFingerprint,
  Fingerprint,
  RecordedFingerprint,
  Sha256Digest,
  Volume,
} from '@catalog/types'
import { MAX_DIAGNOSIS_NOTES } from '@catalog/types/adapter'
import type { ReadFile, Reading } from '../entry/reading.ts'
import { findChanges } from './fingerprints.ts'
import { evidenceKeyOf, evidenceOf, type OwnEvidence, otherKeysOf, toFingerprint } from './own-evidence.ts'

// Evidence is made here and nowhere else in this package; `evidence-writers.test.ts` holds that.

/** Evidence of what was read: a match if no file is wrong. Undefined if the files were only measured. */
export function toEvidence(reading: Reading, wrong: readonly ReadFile[] = []): Evidence | undefined {
  const { files, digest, bytes, durationMs, at } = reading
  const [first] = files
  if (digest === undefined || first?.read === undefined) return undefined
  const outcome = wrong.length === 0 ? 'match' : 'mismatch'
  const { part, read, volume } = first
  const seen =
    part === undefined
      ? { fingerprint: toRecorded(read.fingerprint, first, volume) }
      : // On a mismatch only the wrong files: the others need not be fetched again.
        { files: (outcome === 'match' ? files : wrong).flatMap((file) => toFileFingerprint(file, volume)) }
  const isWeak = files.some((file) => file.read?.weak)
  return {
    ...{ outcome, digest, ...seen, bytes, durationMs, engine: read.engine, at },
    ...whereOf(reading, volume),
    ...(isWeak && { weak: true as const }),
    ...lookOf(files),
  }
}

/** Of which volume the evidence is, and who read it. */
function whereOf(
  { node, bootId }: Reading,
  { id, anchor }: Volume,
): Pick<Evidence, 'volume' | 'anchor' | 'node' | 'bootId'> {
  return {
    volume: id,
    ...(anchor !== undefined && { anchor }),
    node,
    ...(bootId !== undefined && { bootId }),
  }
}

/** The fingerprint of a file that was read, without the device number, which is this start's alone. */
function toRecorded(
  { ino, sizeBytes, mtimeNs, ctimeNs, birthtimeNs }: Fingerprint,
  { volume, directory }: ReadFile,
  first: Volume,
): RecordedFingerprint {
  return {
    ...{ ino, sizeBytes, mtimeNs, ctimeNs },
    ...(birthtimeNs !== undefined && volume.hasBirthTime && { birthtimeNs }),
    ...(volume.id !== first.id && { volume: volume.id }),
    ...(directory !== undefined && { directory: toTold(directory, volume) }),
  }
}

function toTold({ ino, birthtimeNs }: DirectoryIdentity, { hasBirthTime }: Volume): DirectoryIdentity {
  return { ino, ...(birthtimeNs !== undefined && hasBirthTime && { birthtimeNs }) }
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

function toFileFingerprint(file: ReadFile, first: Volume): readonly FileFingerprint[] {
  const { part, read } = file
  if (part === undefined || read === undefined) return []
  return [{ path: part.path, fingerprint: toRecorded(read.fingerprint, file, first) }]
}

/** A file that was read, as the evidence at hand knows it. */
export interface KnownFile {
  readonly from: OwnEvidence
  readonly recorded: RecordedFingerprint
  readonly digest: Sha256Digest
}

/** A name of the file, as it is at this moment. */
export interface SeenName {
  readonly fingerprint: Fingerprint
  readonly directory: DirectoryIdentity | undefined
}

/** One file of a model of many, and what is known of the model. */
interface KnownPart {
  readonly of: OwnEvidence
  readonly path: string
}

/**
 * Evidence for another entry that names a file which was read, or for one file of its evidence. Nothing is read: undefined
 * unless an `lstat` of this moment gives the file in the very state that the evidence at hand says, its ctime included.
 */
export function evidenceOfSameInode(
  known: KnownFile,
  { fingerprint: now, directory }: SeenName,
  part?: KnownPart,
): Evidence | undefined {
  const { from, recorded: read } = known
  const before = toFingerprint(from, read)
  if (before === undefined || from.evidence.outcome !== 'match' || findChanges(before, now).length > 0) {
    return undefined
  }
  const { directory: _directory, volume = from.evidence.volume, ...state } = read
  const recorded = { ...state, ...(directory !== undefined && { directory }) }
  return part === undefined ? toOwnEvidence(known, recorded, volume) : withPart(part, recorded, volume)
}

function toOwnEvidence(
  { from, digest }: KnownFile,
  fingerprint: RecordedFingerprint,
  volume: string | undefined,
): Evidence {
  const { look, files, anchor: of, ...read } = from.evidence
  const { anchor = of } = from.volumes.find(({ id }) => id === volume) ?? {}
  return {
    ...read,
    ...{ outcome: 'match', digest, fingerprint, bytes: fingerprint.sizeBytes },
    ...(volume !== undefined && { volume }),
    ...(anchor !== undefined && { anchor }),
    // What a first look found in many files is not of this one alone.
    ...(files === undefined && look !== undefined && { look }),
  }
}

function withPart({ of, path }: KnownPart, state: RecordedFingerprint, volume: string | undefined): Evidence {
  const isOther = volume !== undefined && volume !== of.evidence.volume
  const fingerprint = { ...state, ...(isOther && { volume }) }
  // Stryker disable next-line ArrayDeclaration: only the types need this: a part has evidence of files.
  const { files = [] } = of.evidence
  return { ...of.evidence, files: files.map((file) => (file.path === path ? { path, fingerprint } : file)) }
}

function withFingerprints(
  evidence: Evidence,
  renew: (known: RecordedFingerprint, index: number) => RecordedFingerprint,
): Evidence {
  const { fingerprint, files } = evidence
  return {
    ...evidence,
    ...(fingerprint !== undefined && { fingerprint: renew(fingerprint, 0) }),
    ...(files !== undefined && {
      files: files.map((file, index) => ({ ...file, fingerprint: renew(file.fingerprint, index) })),
    }),
  }
}

/** Evidence that an older version kept by host, of a volume that has the very device number which it names. */
export function carryOver(evidence: Evidence, { id, anchor }: Volume, node: string): Evidence {
  const carried = withFingerprints(evidence, ({ dev: _dev, ...known }) => known)
  return { ...carried, volume: id, ...(anchor !== undefined && { anchor }), node }
}

/** Under what a reading stands in the entry. */
export function keyOfReading(reading: Reading): string {
  const [first] = reading.files
  if (first === undefined) throw new TypeError('a reading is of one file at least')
  return evidenceKeyOf(first.volume, reading)
}

/** The entry with what was found, in place of what the same node has of the volume, under this key or under another. */
export function withEvidence(entry: EntryContent, key: string, evidence: Evidence): EntryContent {
  const old = otherKeysOf(evidence, key).filter((other) => {
    const found = evidenceOf(entry, other)
    // Stryker disable next-line ConditionalExpression,OptionalChaining: no host has the name of a volume, so that what stands there is of it.
    return found?.volume === evidence.volume && found?.node === evidence.node
  })
  const left = old.reduce(withoutEvidenceOf, entry)
  return { ...left, evidence: { ...left.evidence, [key]: evidence } }
}

/**
 * Whether evidence shows that the bytes were those of the entry's present digest. The file may have changed
 * since.
 */
export function isMatchingEvidence(entry: EntryContent, evidence: Evidence): boolean {
  return evidence.outcome === 'match' && evidence.digest === entry.digest
}

/** Whether evidence still speaks for its volume, which may have been away for too long. */
export type IsLive = (key: string, evidence: Evidence) => boolean

/**
 * Whether there is evidence for the entry's present digest, without which the model may not be Active.
 *
 * @param isLive returns which evidence counts; default: all of it
 */
export function hasMatchingEvidence(entry: EntryContent, isLive: IsLive = () => true): boolean {
  return Object.entries(entry.evidence ?? {}).some(
    ([key, evidence]) => isMatchingEvidence(entry, evidence) && isLive(key, evidence),
  )
}

/** The entry without all that was found. */
export function withoutEvidence({ evidence: _evidence, ...rest }: EntryContent): EntryContent {
  return rest
}

/**
 * The entry, which means other bytes from now on, without all that was found. Only what is known not to be these bytes stays,
 * as a mismatch, so that the old file is not taken for the new one.
 */
export function withRefutedEvidence(entry: EntryContent): EntryContent {
  const { digest, files, evidence = {} } = entry
  const rest = withoutEvidence(entry)
  if (digest === null || files !== undefined) return rest
  const refuted = Object.entries(evidence).filter(([, found]) => found.digest !== digest)
  if (refuted.length === 0) return rest
  const toMismatch = ([key, found]: [string, Evidence]) => [key, { ...found, outcome: 'mismatch' }] as const
  return { ...rest, evidence: Object.fromEntries(refuted.map(toMismatch)) }
}

/** The entry without what stands under this key; the same object where nothing does. */
export function withoutEvidenceOf(entry: EntryContent, key: string): EntryContent {
  const { evidence = {}, ...rest } = entry
  if (!Object.hasOwn(evidence, key)) return entry
  const others = Object.entries(evidence).filter(([other]) => other !== key)
  return others.length === 0 ? rest : { ...rest, evidence: Object.fromEntries(others) }
}

/** The same, and Pending where it was Active and no other volume has the right bytes. */
export function dropEvidence(entry: EntryContent, key: string, isLive: IsLive): EntryContent {
  const left = withoutEvidenceOf(entry, key)
  const isLeft = hasMatchingEvidence(left, isLive)
  return left.state === 'Active' && !isLeft ? { ...left, state: 'Pending' } : left
}
