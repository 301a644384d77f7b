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
  type Sha256Digest,
  type StartOverReason,
  type StreamTail,
} from '@catalog/types'
export type { AuditOptions, AuditResult } from './audit-request.ts'
export type { CheckMode, CheckOptions, FileCheck, FileEvidence } from './check-file.ts'
export type { ShardIndexCheck, ShardIndexProblem } from './check-shard-index.ts'
export {
  checkShards,
  type FoundShardProblem,
  type FoundShardSet,
  type ShardCheck,
  type ShardOptions,
} from './check-shards.ts'
export { removeCheckpoint, saveCheckpoint } from './checkpoint-file.ts'
export type { ByteRange, ChunkMap } from './chunk-map.ts'
export { type ExpectedChunkMap, formatChunkMap, parseChunkMap } from './chunk-map-format.ts'
export { createVerifier } from './create-verifier.ts'
export { auditFile, checkFile, digestFile, verifyDigest } from './default-verifier.ts'
export { describeFinding } from './describe-finding.ts'
export { diagnoseFile } from './diagnose-file.ts'
export type { DiagnoseOptions } from './diagnose-request.ts'
export type {
  Content,
  ContentDigest,
  ContentOptions,
  ContentProgress,
  DigestContent,
  VerifyContent,
} from './digest-content.ts'
export type { ChunkedFileDigest, DigestOptions, EngineChoice, ReadingOptions } from './digest-request.ts'
export {
  createDigestStream,
  type DigestStream,
  type DigestStreamOptions,
} from './digest-stream.ts'
export type { StreamDigest } from './digest-work.ts'
export { createFileVerifier } from './file-verifier.ts'
export { findShards, type ShardSet, type ShardSetProblem } from './find-shards.ts'
export type { ScanRange } from './find-zeros.ts'
export type { Compression, Finding, ModelFormat, PageKind } from './finding.ts'
export {
  digestManifest,
  formatManifest,
  type ManifestFile,
  type ManifestLine,
} from './manifest.ts'
export type { ManifestCheck, ManifestOptions, ManifestProblem } from './manifest-check.ts'
export { digestContent, verifyContent } from './node-content.ts'
export { parseManifest } from './parse-manifest.ts'
export { openPartialFile, type PartialFileOptions } from './partial-file.ts'
export { type RepairOptions, repairRange } from './repair-range.ts'
export type { ReplacementBytes } from './replacement-bytes.ts'
export { resumeDownload } from './resume-download.ts'
export type { ResumableSha256, Sha256 } from './sha256.ts'
export type { Verifier, VerifierOptions } from './verifier.ts'
export { verifyManifest } from './verify-manifest.ts'
export { createSha256 } from './wasm-sha256.ts'
