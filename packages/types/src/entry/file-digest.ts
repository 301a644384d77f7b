import type { Sha256Digest } from './sha256-digest.ts'

/**
 * Identity and state of a file on a volume, from `stat`. 64-bit numbers are decimal strings, because they do
 * not fit a double, and a bigint does not fit JSON. Equal states are a hint, not proof, of equal bytes.
 */
export interface FileState {
  readonly ino: string
  readonly sizeBytes: number
  readonly mtimeNs: string
  readonly ctimeNs: string
  /** The time at which the inode was created; absent if the file system does not record it. */
  readonly birthtimeNs?: string | undefined
}

/**
 * The state of a file on this machine at this moment, with the device number, which may change at a restart.
 */
export interface Fingerprint extends FileState {
  readonly dev: string
}

/** The directory of a file when it was read. It distinguishes an empty mount point from a removed file. */
export interface DirectoryIdentity {
  readonly ino: string
  readonly birthtimeNs?: string
}

/** `native` is the SHA-256 of node:crypto, `wasm` that of hash-wasm. */
export type DigestEngine = 'native' | 'wasm'

/** The result of one full reading of a file. */
export interface FileDigest {
  readonly digest: Sha256Digest
  readonly sizeBytes: number
  readonly fingerprint: Fingerprint
  readonly engine: DigestEngine
  readonly durationMs: number
  /**
   * Present if a change made while the file was read might not show in its fingerprint, because the system
   * cannot sync a file opened for reading, or does not report writes through a memory mapping: tmpfs, network
   * and FUSE file systems, macOS and Windows.
   */
  readonly weak?: true
}
