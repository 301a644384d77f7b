import { findFingerprintChanges } from '@catalog/system-calls'
import {
  assertOptions,
  createInvalidInput,
  type DigestFileOptions,
  type Evidence,
  type FileDigest,
  type Fingerprint,
  type InputProblem,
  type OptionKinds,
  parseSha256Digest,
} from '@catalog/types'
import type { ReadingOptions } from './digest-request.ts'

/** `fingerprint` compares what `stat` reports, `full` reads every byte. */
export type CheckMode = 'fingerprint' | 'full'

/** The part of an earlier verification's evidence that a check needs. */
export interface FileEvidence extends Pick<Evidence, 'outcome' | 'digest'> {
  readonly fingerprint: Fingerprint
}

/** Options of one check. `onProgress` is only called if the file is read. */
export interface CheckOptions extends DigestFileOptions, ReadingOptions {
  readonly mode: CheckMode
}

const CHECK_OPTIONS: OptionKinds<CheckOptions> = {
  signal: 'signal',
  onProgress: 'function',
  engine: 'any',
  followSymlink: 'boolean',
  mode: 'any',
}

/** INVALID_INPUT for options that do not exist or are of another type. */
export function assertCheckOptions(options: CheckOptions): void {
  assertOptions(options, CHECK_OPTIONS)
}

/**
 * The result of a check. `unchanged` and `changed` come from the fingerprint alone and prove nothing about
 * the bytes; `match` and `mismatch` come from reading them, and `found` can become new evidence.
 */
export type FileCheck =
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'changed'; readonly changed: readonly (keyof Fingerprint)[] }
  | { readonly outcome: 'match'; readonly found: FileDigest }
  | { readonly outcome: 'mismatch'; readonly found: FileDigest }

/** The two looks that a check can take at its file. */
export interface FileLooks {
  stat(): Promise<Fingerprint>
  digest(): Promise<FileDigest>
}

/** Takes the look that the mode asks for and compares it with the evidence. INVALID_INPUT for evidence of no match. */
export async function checkFileWith(
  looks: FileLooks,
  evidence: FileEvidence,
  { mode, signal }: CheckOptions,
): Promise<FileCheck> {
  assertCheckable(evidence, mode)
  signal?.throwIfAborted()
  if (mode === 'full') return compareDigest(await looks.digest(), evidence)
  const fingerprint = await looks.stat()
  signal?.throwIfAborted()
  const changed = findFingerprintChanges(evidence.fingerprint, fingerprint)
  return changed.length === 0 ? { outcome: 'unchanged' } : { outcome: 'changed', changed }
}

function compareDigest(found: FileDigest, { digest }: FileEvidence): FileCheck {
  return { outcome: found.digest === parseSha256Digest(digest) ? 'match' : 'mismatch', found }
}

/** Evidence may come from a file or another program, so its shape is looked at, not believed. */
function assertCheckable(evidence: FileEvidence, mode: CheckMode): void {
  if (typeof evidence !== 'object' || evidence === null) throw createProblem('evidence', 'must be evidence')
  // An unchanged file that was wrong is still wrong: neither outcome of a check could say so.
  if (evidence.outcome !== 'match') throw createProblem('evidence.outcome', 'must be match')
  if (typeof evidence.fingerprint !== 'object' || evidence.fingerprint === null)
    throw createProblem('evidence.fingerprint', 'must be a fingerprint')
  parseSha256Digest(evidence.digest, 'evidence.digest')
  if (mode !== 'fingerprint' && mode !== 'full') throw createProblem('mode', 'must be fingerprint or full')
}

function createProblem(field: string, problem: InputProblem['problem']): Error {
  return createInvalidInput([{ field, problem }])
}
