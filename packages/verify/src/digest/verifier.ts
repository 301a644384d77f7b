import type { FileDigest, SeenFile, VerifyFileOptions } from '@catalog/types'
import type { ChunkMap } from '../chunks/chunk-map.ts'
import type { AuditOptions, AuditResult } from './audit-request.ts'
import type { CheckOptions, FileCheck, FileEvidence } from './check-file.ts'
import type { ChunkedFileDigest, DigestOptions, ReadingOptions } from './digest-request.ts'

/** Settings of a verifier; the reading options are the defaults of its calls. */
export interface VerifierOptions extends ReadingOptions {
  /**
   * How many large files are read at the same time, each by one thread: 1 to 64. Default: 2, or 1 on a single
   * processor.
   */
  readonly threads?: number | undefined
  /**
   * Directories in which temporary files may be created to read the clock of a file's volume, if that is not
   * possible without a name in the file's own directory. They may be on any volumes; the one on the file's
   * volume is used. Default none: a file on a volume without such a directory must have been unchanged for 3
   * s, or 60 s if the volume is not local, before it is read.
   */
  readonly probeDirectories?: readonly string[] | undefined
}

/**
 * Reads and digests files with threads of its own. They start when needed, are reused, and do not keep the
 * program running while idle. Files wait in the order of the calls, in one queue for files of up to 4 MiB and
 * one for larger files: neither delays the other. Safe to call concurrently.
 */
export interface Verifier {
  /**
   * The SHA-256 of a regular file that did not change while it was read, and of every chunk of 16 MiB from
   * the same reading, hashed by a second thread. Rejects with the signal's reason once it is aborted. The
   * file is closed when the promise settles.
   *
   * @throws {CatalogError} INVALID_INPUT if the path or an option is invalid
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} SIZE_MISMATCH if the file does not have `expectedSizeBytes`
   * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} CLOSED if the verifier is closed, also while the file is read
   */
  digestFile(path: string, options: DigestOptions & { readonly chunkMap: true }): Promise<ChunkedFileDigest>
  /**
   * The SHA-256 of a regular file that did not change while it was read. Rejects with the signal's reason
   * once it is aborted. The file is closed when the promise settles.
   *
   * @throws {CatalogError} INVALID_INPUT if the path or an option is invalid
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} SIZE_MISMATCH if the file does not have `expectedSizeBytes`
   * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} CLOSED if the verifier is closed, also while the file is read
   */
  digestFile(path: string, options?: DigestOptions): Promise<FileDigest>
  /**
   * The SHA-256 of each file, in the order given, read side by side on all threads with one progress over the
   * bytes of all; with `bytesPerSecond` one after the other. Rejects with the first error, once all files are
   * closed.
   *
   * @throws {CatalogError} INVALID_INPUT if a path or an option is invalid
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} FILE_CHANGED if a file changed while it was read, or was replaced or written since
   *   it was seen
   * @throws {CatalogError} CLOSED if the verifier is closed, also while files are read
   */
  digestFiles(files: readonly SeenFile[], options?: VerifyFileOptions): Promise<readonly FileDigest[]>
  /**
   * Reads a file as `digestFile` does, and resolves only if its digest is the expected one.
   *
   * @param expected 64 hexadecimal characters of either case, with or without `sha256:`
   *
   * @throws {CatalogError} DIGEST_MISMATCH if the file has another digest; the details have both, and the
   *   size in bytes
   * @throws {CatalogError} INVALID_INPUT if the path or an option is invalid
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} SIZE_MISMATCH if the file does not have `expectedSizeBytes`
   * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} CLOSED if the verifier is closed, also while the file is read
   */
  verifyDigest(path: string, expected: string, options?: DigestOptions): Promise<FileDigest>
  /**
   * Whether a file is still the one that evidence of a match describes. The mode `fingerprint` takes one
   * `lstat` and reads nothing (two more calls for an allowed symbolic link): `unchanged` or `changed`. The
   * mode `full` reads as `digestFile` does and compares digests: `match` or `mismatch`.
   *
   * @throws {CatalogError} INVALID_INPUT if the path or an option is invalid, or the evidence is of a
   *   mismatch
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
   * @throws {CatalogError} CLOSED if the verifier is closed, also while the file is read
   */
  checkFile(path: string, evidence: FileEvidence, options: CheckOptions): Promise<FileCheck>
  /**
   * Reads a file with all threads and reports which of its chunks of 16 MiB are not those of the map. Rejects
   * with the signal's reason once it is aborted. The file is closed when the promise settles.
   *
   * @throws {CatalogError} INVALID_INPUT if the path, the chunk map or an option is invalid
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} CLOSED if the verifier is closed, also while the file is read
   */
  auditFile(path: string, chunkMap: ChunkMap, options?: AuditOptions): Promise<AuditResult>
  /**
   * The size of a regular file in bytes, without opening it.
   *
   * @throws {CatalogError} INVALID_INPUT if the path or an option is invalid
   * @throws {CatalogError} FILE_MISSING if there is no file at the path
   * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is
   *   not followed
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} CLOSED if the verifier is closed
   */
  measureFile(path: string, options?: Pick<ReadingOptions, 'followSymlink'>): Promise<number>
  /**
   * Ends the threads. What is waiting or running, and every later call, rejects with CLOSED. May be repeated.
   */
  close(): Promise<void>
  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
