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
 * verifier, and the digest of every chunk of 16 MiB from the same reading. Rejects with the signal's reason
 * once it is aborted, and with what `onProgress` throws. The file is closed when the promise settles.
 *
 * @throws {CatalogError} INVALID_INPUT if the path or an option is invalid
 * @throws {CatalogError} FILE_MISSING if there is no file at the path
 * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is not
 *   followed
 * @throws {CatalogError} SIZE_MISMATCH if the file does not have `expectedSizeBytes`
 * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
 * @throws {CatalogError} IO if the disk cannot be read
 */
export async function digestFile(
  path: string,
  options: DigestOptions & { readonly chunkMap: true },
): Promise<ChunkedFileDigest>
/**
 * The SHA-256 of a regular file that did not change while it was read, with the threads of the process-wide
 * verifier. Sizes are in bytes, times in milliseconds. Rejects with the signal's reason once it is aborted,
 * and with what `onProgress` throws. The file is closed when the promise settles.
 *
 * @throws {CatalogError} INVALID_INPUT if the path or an option is invalid
 * @throws {CatalogError} FILE_MISSING if there is no file at the path
 * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is not
 *   followed
 * @throws {CatalogError} SIZE_MISMATCH if the file does not have `expectedSizeBytes`
 * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
 * @throws {CatalogError} IO if the disk cannot be read
 *
 * @example
 * ```ts
 * import { digestFile } from '@catalog/verify'
 *
 * const { digest, sizeBytes } = await digestFile('model.gguf', { signal: AbortSignal.timeout(60_000) })
 * console.error(digest, sizeBytes)
 * ```
 */
export async function digestFile(path: string, options?: DigestOptions): Promise<FileDigest>
export async function digestFile(path: string, options?: DigestOptions): Promise<FileDigest> {
  return await defaultVerifier.digestFile(path, options)
}

/**
 * Reads a file as `digestFile` does, and resolves only if its digest is the expected one. The file is closed
 * when the promise settles.
 *
 * @param expected 64 hexadecimal characters of either case, with or without `sha256:`
 *
 * @throws {CatalogError} DIGEST_MISMATCH if the file has another digest; the details have both, and the size
 *   in bytes
 * @throws {CatalogError} INVALID_INPUT if the path or an option is invalid
 * @throws {CatalogError} FILE_MISSING if there is no file at the path
 * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is not
 *   followed
 * @throws {CatalogError} SIZE_MISMATCH if the file does not have `expectedSizeBytes`
 * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
 * @throws {CatalogError} IO if the disk cannot be read
 *
 * @example
 * ```ts
 * import { isCatalogError, verifyDigest } from '@catalog/verify'
 *
 * try {
 *   await verifyDigest('model.gguf', expectedDigest)
 * } catch (error) {
 *   if (!isCatalogError(error, 'DIGEST_MISMATCH')) throw error
 *   console.error(`expected ${error.details.expected}, found ${error.details.found}`)
 * }
 * ```
 */
export async function verifyDigest(
  path: string,
  expected: string,
  options?: DigestOptions,
): Promise<FileDigest> {
  return await defaultVerifier.verifyDigest(path, expected, options)
}

/**
 * Whether a file is still the one that evidence of a match describes. The mode `fingerprint` takes one
 * `lstat` and reads nothing (two more calls for an allowed symbolic link): `unchanged` or `changed`, a hint,
 * not proof. The mode `full` reads as `digestFile` does and compares digests: `match` or `mismatch`.
 *
 * @throws {CatalogError} INVALID_INPUT if the path or an option is invalid, or the evidence is of a mismatch
 * @throws {CatalogError} FILE_MISSING if there is no file at the path
 * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is not
 *   followed
 * @throws {CatalogError} IO if the disk cannot be read
 * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
 *
 * @example
 * ```ts
 * import { checkFile } from '@catalog/verify'
 *
 * const { outcome } = await checkFile(path, evidence, { mode: 'fingerprint' })
 * console.log(outcome) // unchanged
 * ```
 */
export async function checkFile(
  path: string,
  evidence: FileEvidence,
  options: CheckOptions,
): Promise<FileCheck> {
  return await defaultVerifier.checkFile(path, evidence, options)
}

/**
 * Reads a file with all threads of the process-wide verifier and reports which of its chunks of 16 MiB are
 * not those of the map, as ranges in bytes. If a file is too short, its last chunks are damaged; excess bytes
 * at its end are a range too. Rejects with the signal's reason once it is aborted, and with what `onProgress`
 * throws. The file is closed when the promise settles.
 *
 * @throws {CatalogError} INVALID_INPUT if the path, the chunk map or an option is invalid
 * @throws {CatalogError} FILE_MISSING if there is no file at the path
 * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is not
 *   followed
 * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
 * @throws {CatalogError} IO if the disk cannot be read
 */
export async function auditFile(
  path: string,
  chunkMap: ChunkMap,
  options?: AuditOptions,
): Promise<AuditResult> {
  return await defaultVerifier.auditFile(path, chunkMap, options)
}
