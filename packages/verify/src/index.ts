export {
  type DigestEngine,
  type DigestProgress,
  type FileDigest,
  type FileVerifier,
  type Fingerprint,
  isCatalogError,
  type Sha256Digest,
} from '@catalog/types'
export { createVerifier } from './create-verifier.ts'
export { digestFile, verifyDigest } from './default-verifier.ts'
export type { DigestOptions, EngineChoice, ReadingOptions } from './digest-request.ts'
export type { ResumableSha256, Sha256 } from './sha256.ts'
export type { Verifier, VerifierOptions } from './verifier.ts'
export { createSha256 } from './wasm-sha256.ts'
