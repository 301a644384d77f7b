import type { Sha256Digest } from './sha256-digest.ts'

/**
 * Which file of a volume, and which state of it: as `stat` tells. The 64-bit numbers are decimal strings, because they
 * do not fit a double and a bigint does not fit JSON. Equal states are a hint, not proof, of equal bytes.
 */
export interface FileState {
  readonly ino: string
  readonly sizeBytes: number
  readonly mtimeNs: string
  readonly ctimeNs: string
  /** When the inode was made; absent where the file system does not tell. */
  readonly birthtimeNs?: string | undefined
}

/** The same of this machine at this moment, with the device number, which may be another one after a restart. */
export interface Fingerprint extends FileState {
  readonly dev: string
}

/** The directory that a file was in when it was read, which tells an empty mount point from a file that is gone. */
export interface DirectoryIdentity {
  readonly ino: string
  readonly birthtimeNs?: string
}

/** `native` is the SHA-256 of node:crypto, `wasm` that of hash-wasm. */
export type DigestEngine = 'native' | 'wasm'

/** What one full reading of a file found. */
export interface FileDigest {
  readonly digest: Sha256Digest
  readonly sizeBytes: number
  readonly fingerprint: Fingerprint
  readonly engine: DigestEngine
  readonly durationMs: number
  /**
   * Set where a change made while the file was read might not show in its fingerprint: the system could not sync a file
   * opened for reading, or does not tell of writes through a mapping. `docs/verification.md` names these systems.
   */
  readonly weak?: true
}
