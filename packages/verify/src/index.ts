export {
  type DigestEngine,
  type DigestProgress,
  type DownloadStart,
  type FileDigest,
  type FileIdentity,
  type FileVerifier,
  type Fingerprint,
  type HashCheckpoint,
  isCatalogError,
  type ModelFacts,
  type ReadFactsOptions,
  type SeenFile,
  type Sha256Digest,
  type StartOverReason,
  type StreamTail,
  type VerifyFileOptions,
} from '@catalog/types'
export type { ByteRange, ChunkMap } from './chunks/chunk-map.ts'
export { type ExpectedChunkMap, formatChunkMap, parseChunkMap } from './chunks/chunk-map-format.ts'
export type {
  Content,
  ContentDigest,
  ContentOptions,
  ContentProgress,
  DigestContent,
  VerifyContent,
} from './content/digest-content.ts'
export { digestContent, verifyContent } from './content/node-content.ts'
export { describeDiagnosis } from './diagnosis/describe-diagnosis.ts'
export { diagnoseFile } from './diagnosis/diagnose-file.ts'
export type { DiagnoseOptions } from './diagnosis/diagnose-request.ts'
export type { Compression, Diagnosis, ModelFormat, PageKind } from './diagnosis/diagnosis.ts'
export type { ScanRange } from './diagnosis/find-zeros.ts'
export type { AuditOptions, AuditResult } from './digest/audit-request.ts'
export type { CheckMode, CheckOptions, FileCheck, FileEvidence } from './digest/check-file.ts'
export { createVerifier } from './digest/create-verifier.ts'
export { auditFile, checkFile, digestFile, verifyDigest } from './digest/default-verifier.ts'
export type {
  ChunkedFileDigest,
  DigestOptions,
  EngineChoice,
  ReadingOptions,
} from './digest/digest-request.ts'
export type { Verifier, VerifierOptions } from './digest/verifier.ts'
export { readModelFacts } from './facts/read-model-facts.ts'
export { createFileVerifier } from './file-verifier.ts'
export type { ResumableSha256, Sha256 } from './hashing/sha256.ts'
export { createSha256 } from './hashing/wasm-sha256.ts'
export { findListedDigest } from './manifest/find-listed-digest.ts'
export {
  digestManifest,
  formatManifest,
  type ManifestFile,
} from './manifest/manifest.ts'
export type { ManifestCheck, ManifestOptions, ManifestProblem } from './manifest/manifest-check.ts'
export type { ManifestLine } from './manifest/manifest-line.ts'
export { type ParseManifestOptions, parseManifest } from './manifest/parse-manifest.ts'
export { verifyManifest } from './manifest/verify-manifest.ts'
export { type RepairOptions, repairRange } from './repair/repair-range.ts'
export type { ReplacementBytes } from './repair/replacement-bytes.ts'
export type { ShardIndexCheck, ShardIndexProblem } from './shards/check-shard-index.ts'
export {
  checkShards,
  type FoundShardProblem,
  type FoundShardSet,
  type ShardCheck,
  type ShardOptions,
} from './shards/check-shards.ts'
export { findShards, type ShardSet, type ShardSetProblem } from './shards/find-shards.ts'
export { removeCheckpoint, saveCheckpoint } from './stream/checkpoint-file.ts'
export { type CopyOptions, copyVerified, type VerifiedCopy } from './stream/copy-verified.ts'
export {
  createDigestStream,
  type DigestStream,
  type DigestStreamOptions,
} from './stream/digest-stream.ts'
export type { StreamDigest } from './stream/digest-work.ts'
export { openPartialFile, type PartialFileOptions } from './stream/partial-file.ts'
export { resumeDownload } from './stream/resume-download.ts'
