/** Room `verify`: reading a model's files and recording the verdict. */

import type {
  DigestOrigin,
  EntryContent,
  Failure,
  FileReference,
  Fingerprint,
  ModelFile,
} from '@catalog/types'
import type { CatalogPolicy } from '../context/catalog-ports.ts'
import {
  hasMatchingEvidence,
  toEvidence,
  toMovedEvidence,
  withEvidence,
  withoutEvidenceOf,
} from '../entry/evidence.ts'
import { STATE_AFTER_MATCH } from '../entry/lifecycle.ts'
import { type Reading, readByPath } from '../entry/reading.ts'
import { isDeclared, type Mismatch, type Verdict } from './judge.ts'

/** How a verdict is applied. */
export interface VerdictOptions {
  /** Where the file was found; on a match the entry refers to it from then on. */
  readonly moveTo?: FileReference | undefined
  /** The fingerprints of the files, in their order, where they were moved after they had been read. */
  readonly moved?: readonly Fingerprint[] | undefined
  readonly policy?: CatalogPolicy | undefined
}

/** The entry after a verdict; the same object where nothing changes. */
export function applyVerdict(
  entry: EntryContent,
  verdict: Verdict,
  options: VerdictOptions = {},
): EntryContent {
  const { moveTo } = options
  if (verdict.outcome === 'match') {
    return toVerifiedEntry(
      moveTo === undefined ? entry : withReference(entry, moveTo),
      verdict.reading,
      options,
    )
  }
  // A wrong file elsewhere says nothing against the right one that the entry has.
  return moveTo !== undefined && hasMatchingEvidence(entry) ? entry : toRefused(entry, verdict)
}

/** The entry, referring to this file and to no other. */
export function withReference(entry: EntryContent, reference: FileReference): EntryContent {
  const { file: _file, location: _location, ...rest } = entry
  return { ...rest, ...reference }
}

function toVerifiedEntry(
  entry: EntryContent,
  reading: Reading,
  { moved, policy = {} }: VerdictOptions,
): EntryContent {
  const { node, at, digest = null } = reading
  const evidence = toEvidence(reading)
  if (digest === null || evidence === undefined) throw new TypeError('only files that were read can be right')
  const { failure: _failure, ...rest } = entry
  const digestOrigin = entry.digest === null ? originOf(entry, reading) : entry.digestOrigin
  const isTrusted = policy.requireDeclaredDigest !== true || digestOrigin !== 'computed'
  const state = STATE_AFTER_MATCH[entry.state]
  const verified: EntryContent = {
    ...rest,
    ...(entry.digest === null && { digest, digestOrigin }),
    ...(entry.files !== undefined && { files: completeFiles(entry.files, reading) }),
    state: isTrusted || state !== 'Active' ? state : 'Pending',
    verifiedAt: at,
  }
  return withEvidence(verified, node, moved === undefined ? evidence : toMovedEvidence(evidence, moved))
}

/** Declared if the name of each file states its digest. */
function originOf(entry: EntryContent, { files }: Reading): DigestOrigin {
  return files.every((file) => isDeclared(entry, file)) ? 'declared' : 'computed'
}

/** With the sizes and digests that were found, where none were declared. */
function completeFiles(files: readonly ModelFile[], reading: Reading): readonly ModelFile[] {
  const byPath = readByPath(reading)
  return files.map((file) => {
    const read = byPath.get(file.path)
    return read === undefined ? file : { ...file, sizeBytes: read.sizeBytes, digest: read.digest }
  })
}

/** Failed, unless another node has the right bytes: then only this node's evidence tells of the wrong ones. */
function toRefused(entry: EntryContent, mismatch: Mismatch): EntryContent {
  const { reading, wrong } = mismatch
  const evidence = toEvidence(reading, wrong)
  // Files that were only measured leave the node without evidence, and without the old one.
  const known =
    evidence === undefined
      ? withoutEvidenceOf(entry, reading.node)
      : withEvidence(entry, reading.node, evidence)
  return hasMatchingEvidence(known) ? known : { ...known, state: 'Failed', failure: toFailure(mismatch) }
}

function toFailure(mismatch: Mismatch): Failure {
  const { reading, path, diagnosis } = mismatch
  const { node, at } = reading
  const where = { node, path, at, ...(diagnosis !== undefined && { diagnosis }) }
  if (mismatch.outcome === 'digest-mismatch') {
    const { outcome: reason, expected, found } = mismatch
    return { reason, expected, found, ...where }
  }
  if (mismatch.outcome === 'not-a-model') {
    return { reason: mismatch.outcome, expected: 'model', found: diagnosis?.[0]?.kind ?? '', ...where }
  }
  const { outcome: reason, expectedBytes, foundBytes } = mismatch
  return { reason, expected: String(expectedBytes), found: String(foundBytes), ...where }
}
