import type { FileDigest, SeenFile, VerifyFileOptions } from '@catalog/types'
import type { ChunkMap } from '../chunks/chunk-map.ts'
import type { AuditOptions, AuditResult } from './audit-request.ts'
import type { CheckOptions, FileCheck, FileEvidence } from './check-file.ts'
import type { ChunkedFileDigest, DigestOptions, ReadingOptions } from './digest-request.ts'

/** Settings of a verifier; the reading options are the defaults of its calls. */
export interface VerifierOptions extends ReadingOptions {
  /** Large files read at the same time, each with a thread: 1 to 64. Default: 2, or 1 on a single processor. */
  readonly threads?: number | undefined
  /**
   * Where temporary files may be made to tell the time of a file's volume, if that cannot be done without a name in the
   * directory of the file: directories of any volumes; those on the volume of the file are used. Default none. A file
   * of a volume without any must have been unchanged for 3 s, or 60 s if it is not a local one, before it is read.
   */
  readonly probeDirectories?: readonly string[] | undefined
}

/**
 * Reads and digests files with threads of its own. They start when needed, are reused, and never keep the program
 * running while idle. Files wait their turn in the order of the calls, those of up to 4 MiB and larger ones each
 * among themselves: neither keeps the other waiting. Safe to call concurrently.
 */
export interface Verifier {
  /**
   * The SHA-256 of a regular file that did not change while it was read. INVALID_INPUT, FILE_MISSING,
   * NOT_A_REGULAR_FILE, SIZE_MISMATCH (only with `expectedSizeBytes`), FILE_CHANGED, IO, CLOSED; once
   * `signal` is aborted, its reason. However it ends, the file is closed by then. With `chunkMap` the same reading
   * gives the digest of every chunk of 16 MiB too, hashed by a second thread.
   */
  digestFile(path: string, options: DigestOptions & { readonly chunkMap: true }): Promise<ChunkedFileDigest>
  /** The same, without the digests of chunks. */
  digestFile(path: string, options?: DigestOptions): Promise<FileDigest>
  /**
   * The SHA-256 of each file, in the order given, read side by side on all threads with one progress over the bytes of
   * all. FILE_CHANGED also where a file was replaced or written since it was seen; else rejects as `digestFile` does,
   * with the first error, once all files are closed. At `bytesPerSecond` they are read one after the other.
   */
  digestFiles(files: readonly SeenFile[], options?: VerifyFileOptions): Promise<readonly FileDigest[]>
  /** As `digestFile`, and DIGEST_MISMATCH where the digest is not the expected one. */
  verifyDigest(path: string, expected: string, options?: DigestOptions): Promise<FileDigest>
  /**
   * Whether a file is still what evidence of a match says. In the mode `fingerprint` one `lstat` and no reading (for
   * an allowed symbolic link two more calls): `unchanged` or `changed`. In the mode `full` it reads as `digestFile`
   * does and compares with the evidence's digest: `match` or `mismatch`. Rejects as `digestFile` does; INVALID_INPUT
   * also for evidence of a mismatch.
   */
  checkFile(path: string, evidence: FileEvidence, options: CheckOptions): Promise<FileCheck>
  /**
   * Reads a file with all threads and tells which of its chunks of 16 MiB are not those of the map. The file is
   * checked as by `digestFile`: INVALID_INPUT, FILE_MISSING, NOT_A_REGULAR_FILE, FILE_CHANGED, IO, CLOSED; once
   * `signal` is aborted, its reason. However it ends, the file is closed by then.
   */
  auditFile(path: string, chunkMap: ChunkMap, options?: AuditOptions): Promise<AuditResult>
  /**
   * The size of a regular file in bytes, without opening it. INVALID_INPUT, FILE_MISSING,
   * NOT_A_REGULAR_FILE, IO, CLOSED.
   */
  measureFile(path: string, options?: Pick<ReadingOptions, 'followSymlink'>): Promise<number>
  /** Ends the threads. What is waiting or running rejects with CLOSED, as does every later call. */
  close(): Promise<void>
  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
