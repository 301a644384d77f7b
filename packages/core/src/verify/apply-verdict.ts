/** Room `verify`: reading a model's files and recording the verdict. */

import type { DigestOrigin, EntryContent, Failure, FileReference, ModelFile } from '@catalog/types'
import type { CatalogPolicy } from '../context/catalog-ports.ts'
import { STATE_AFTER_MATCH } from '../entry/lifecycle.ts'
import { type Reading, readByPath } from '../entry/reading.ts'
import {
  hasMatchingEvidence,
  type IsLive,
  keyOfReading,
  toEvidence,
  withEvidence,
  withoutEvidenceOf,
} from '../evidence/evidence.ts'
import { evidenceOf } from '../evidence/own-evidence.ts'
import { findOriginProblem } from '../evidence/usability.ts'
import { isDeclared, type Mismatch, type Verdict } from './judge.ts'

/** How a verdict is applied. */
export interface VerdictOptions {
  /** Where the file was found; on a match the entry refers to it from then on. */
  readonly moveTo?: FileReference | undefined
  readonly policy?: CatalogPolicy | undefined
  /** Which evidence of other volumes speaks for the model; default: all of it. */
  readonly isLive?: IsLive | undefined
  /** The names under which an older version kept what this machine found: what it finds now takes that place. */
  readonly hosts?: readonly string[] | undefined
}

/** The entry after a verdict; the same object where nothing changes. */
export function applyVerdict(
  entry: EntryContent,
  verdict: Verdict,
  options: VerdictOptions = {},
): EntryContent {
  const { moveTo, isLive } = options
  if (verdict.outcome === 'match') {
    return toVerifiedEntry(
      moveTo === undefined ? entry : withReference(entry, moveTo),
      verdict.reading,
      options,
    )
  }
  // A wrong file elsewhere says nothing against the right one that the entry has.
  return moveTo !== undefined && hasMatchingEvidence(entry, isLive)
    ? entry
    : toRefused(entry, verdict, options)
}

/** The entry, referring to this file and to no other. */
export function withReference(entry: EntryContent, reference: FileReference): EntryContent {
  const { file: _file, location: _location, linksInto: _linksInto, ...rest } = entry
  return { ...rest, ...reference }
}

function toVerifiedEntry(
  entry: EntryContent,
  reading: Reading,
  // Stryker disable next-line ArrayDeclaration: no evidence has such a key.
  { policy = {}, hosts = [] }: VerdictOptions,
): EntryContent {
  const { at, digest = null } = reading
  const evidence = toEvidence(reading)
  // Stryker disable next-line ConditionalExpression,LogicalOperator: only the types need this: a match is of files that were read.
  if (digest === null || evidence === undefined) throw new TypeError('only files that were read can be right')
  const { failure: _failure, failedDownload: _failed, facts: _facts, ...rest } = entry
  const digestOrigin = entry.digest === null ? originOf(entry, reading) : entry.digestOrigin
  const isTrusted = findOriginProblem(policy, digestOrigin) === undefined
  const state = STATE_AFTER_MATCH[entry.state]
  const verified: EntryContent = {
    ...rest,
    // Stryker disable next-line ConditionalExpression: a digest that matches is the one that the entry has.
    ...(entry.digest === null && { digest, digestOrigin }),
    ...(entry.files !== undefined && { files: completeFiles(entry.files, reading) }),
    state: isTrusted || state !== 'Active' ? state : 'Pending',
    verifiedAt: at,
    ...(reading.facts !== undefined && { facts: { ...reading.facts, digest } }),
  }
  return withEvidence(withoutHosts(verified, hosts), keyOfReading(reading), evidence)
}

/** Of a digest that was not declared: the names of files may have stated what no caller did. */
function originOf(entry: EntryContent, { files }: Reading): DigestOrigin {
  if (!files.every((file) => isDeclared(entry, file))) return 'computed'
  return entry.files?.every(({ digest }) => digest !== undefined) === true ? 'caller' : 'name'
}

/** With the sizes and digests that were found, where none were declared. */
function completeFiles(files: readonly ModelFile[], reading: Reading): readonly ModelFile[] {
  const byPath = readByPath(reading)
  return files.map((file) => {
    const read = byPath.get(file.path)
    // Stryker disable next-line ConditionalExpression: only the types need this: a match is of files that were all read.
    return read === undefined ? file : { ...file, sizeBytes: read.sizeBytes, digest: read.digest }
  })
}

/** Failed, unless another volume has the right bytes: then only the evidence of this one tells of the wrong ones. */
function toRefused(
  entry: EntryContent,
  mismatch: Mismatch,
  // Stryker disable next-line ArrayDeclaration: no evidence has such a key.
  { isLive, hosts = [] }: VerdictOptions,
): EntryContent {
  const { reading, wrong } = mismatch
  const key = keyOfReading(reading)
  const evidence = toEvidence(reading, wrong)
  const others = withoutHosts(entry, hosts)
  // Files that were only measured leave the volume without evidence, and without the old one.
  const known = evidence === undefined ? withoutEvidenceOf(others, key) : withEvidence(others, key, evidence)
  const isRightElsewhere = hasMatchingEvidence(known, isLive)
  if (isRightElsewhere) return known
  const { facts: _facts, ...rest } = known
  return { ...rest, state: 'Failed', failure: toFailure(mismatch) }
}

/** Without what an older version kept by the names of this host. */
function withoutHosts(entry: EntryContent, hosts: readonly string[]): EntryContent {
  // Stryker disable next-line MethodExpression,ConditionalExpression: no volume has the name of a host.
  const old = hosts.filter((host) => evidenceOf(entry, host)?.volume === undefined)
  return old.reduce(withoutEvidenceOf, entry)
}

function toFailure(mismatch: Mismatch): Failure {
  const { reading, path, diagnosis } = mismatch
  const { node, at } = reading
  // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
  const where = { node, path, at, ...(diagnosis !== undefined && { diagnosis }) }
  if (mismatch.outcome === 'digest-mismatch') {
    const { outcome: reason, expected, found } = mismatch
    return { reason, expected, found, ...where }
  }
  if (mismatch.outcome === 'not-a-model') {
    // Stryker disable next-line OptionalChaining,StringLiteral: only the types need this: what cannot be a model has a diagnosis.
    return { reason: mismatch.outcome, expected: 'model', found: diagnosis?.[0]?.kind ?? '', ...where }
  }
  const { outcome: reason, expectedBytes, foundBytes } = mismatch
  return { reason, expected: String(expectedBytes), found: String(foundBytes), ...where }
}
