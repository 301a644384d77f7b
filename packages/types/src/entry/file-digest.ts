import type { Sha256Digest } from './sha256-digest.ts'

/**
 * Which file, and which state of it: as `stat` tells. The 64-bit numbers are decimal strings, because they
 * do not fit a double and a bigint does not fit JSON. Equal fingerprints are a hint, not proof, of equal bytes.
 */
export interface Fingerprint {
  readonly dev: string
  readonly ino: string
  readonly sizeBytes: number
  readonly mtimeNs: string
  readonly ctimeNs: string
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
}
