export {
  type DigestEngine,
  type DigestProgress,
  type FileDigest,
  type FileVerifier,
  type Fingerprint,
  isCatalogError,
  type Sha256Digest,
} from '@catalog/types'
export { removeCheckpoint, saveCheckpoint } from './checkpoint-file.ts'
export { createVerifier } from './create-verifier.ts'
export { digestFile, verifyDigest } from './default-verifier.ts'
export type { DigestOptions, EngineChoice, ReadingOptions } from './digest-request.ts'
export {
  createDigestStream,
  type DigestStream,
  type DigestStreamOptions,
} from './digest-stream.ts'
export type { StreamDigest } from './digest-work.ts'
export type { FileIdentity, HashCheckpoint } from './hash-checkpoint.ts'
export { openPartialFile, type PartialFileOptions } from './partial-file.ts'
export { type DownloadStart, resumeDownload, type StartOverReason } from './resume-download.ts'
export type { ResumableSha256, Sha256 } from './sha256.ts'
export type { StreamTail } from './stream-tail.ts'
export type { Verifier, VerifierOptions } from './verifier.ts'
export { createSha256 } from './wasm-sha256.ts'
