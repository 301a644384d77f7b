import type { FileDigest } from '../file-digest.ts'

/** How far a reading has come. */
export interface DigestProgress {
  readonly doneBytes: number
  readonly totalBytes: number
}

export interface DigestFileOptions {
  /** Cancels: the promise rejects with the signal's reason and the file is closed. */
  readonly signal?: AbortSignal | undefined
  /** Called as bytes are read, at most some ten times a second, and once at the end. */
  readonly onProgress?: ((progress: DigestProgress) => void) | undefined
}

/** Reads a file to its last byte. */
export interface FileVerifier {
  /**
   * The SHA-256 of a regular file that did not change while it was read. FILE_MISSING, NOT_A_REGULAR_FILE,
   * FILE_CHANGED, IO.
   */
  digestFile(path: string, options?: DigestFileOptions): Promise<FileDigest>
  /** The size of a regular file in bytes, without reading it. FILE_MISSING, NOT_A_REGULAR_FILE, IO. */
  measureFile(path: string): Promise<number>
  /** Ends its threads; what is under way or asked for later rejects with CLOSED. */
  close(): Promise<void>
}
