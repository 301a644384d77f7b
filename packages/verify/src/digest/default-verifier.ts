import type { FileDigest } from '@catalog/types'
import type { ChunkMap } from '../chunks/chunk-map.ts'
import type { AuditOptions, AuditResult } from './audit-request.ts'
import type { CheckOptions, FileCheck, FileEvidence } from './check-file.ts'
import { createVerifier } from './create-verifier.ts'
import type { ChunkedFileDigest, DigestOptions } from './digest-request.ts'
import type { Verifier } from './verifier.ts'

// The verifier of the process. It starts no thread before the first call and is never closed.
const defaultVerifier: Verifier = /* @__PURE__ */ createVerifier()

/**
 * The SHA-256 of a regular file that did not change while it was read, with the threads of the process-wide
 * verifier. Sizes in bytes, times in milliseconds. Rejects with INVALID_INPUT, FILE_MISSING, NOT_A_REGULAR_FILE,
 * SIZE_MISMATCH (only with `expectedSizeBytes`), FILE_CHANGED, IO; once `signal` is aborted, with its reason; and
 * with any error that `onProgress` throws. However it ends, the file is closed by then. With `chunkMap` the same
 * reading gives the digest of every chunk of 16 MiB too.
 */
export async function digestFile(
  path: string,
  options: DigestOptions & { readonly chunkMap: true },
): Promise<ChunkedFileDigest>
export async function digestFile(path: string, options?: DigestOptions): Promise<FileDigest>
export async function digestFile(path: string, options?: DigestOptions): Promise<FileDigest> {
  return await defaultVerifier.digestFile(path, options)
}

/**
 * Reads a file as `digestFile` does and resolves only where its digest is the expected one (64 hexadecimal
 * characters of either case, with or without `sha256:`). DIGEST_MISMATCH carries both digests, the path and the
 * size in bytes; an `expected` that is not a digest is INVALID_INPUT before the file is touched. Otherwise rejects as
 * `digestFile` does.
 */
export async function verifyDigest(
  path: string,
  expected: string,
  options?: DigestOptions,
): Promise<FileDigest> {
  return await defaultVerifier.verifyDigest(path, expected, options)
}

/**
 * Whether a file is still what evidence of a match says. In the mode `fingerprint` one `lstat` and no reading (for an
 * allowed symbolic link two more calls): `unchanged` or `changed`, a hint, not proof. In the mode `full` it reads as
 * `digestFile` does and compares with the evidence's digest: `match` or `mismatch`. Rejects as `digestFile` does;
 * INVALID_INPUT also for evidence of a mismatch.
 */
export async function checkFile(
  path: string,
  evidence: FileEvidence,
  options: CheckOptions,
): Promise<FileCheck> {
  return await defaultVerifier.checkFile(path, evidence, options)
}

/**
 * Reads a file with all threads of the process-wide verifier and tells which of its chunks of 16 MiB are not those of
 * the map, as ranges in bytes. A file that is too short lacks its last chunks; what it has too many is a range too.
 * Rejects with INVALID_INPUT, FILE_MISSING, NOT_A_REGULAR_FILE, FILE_CHANGED, IO; once `signal` is aborted, with its
 * reason; and with any error that `onProgress` throws. However it ends, the file is closed by then.
 */
export async function auditFile(
  path: string,
  chunkMap: ChunkMap,
  options?: AuditOptions,
): Promise<AuditResult> {
  return await defaultVerifier.auditFile(path, chunkMap, options)
}
