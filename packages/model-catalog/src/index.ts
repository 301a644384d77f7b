export {
  Catalog,
  type CatalogPolicy,
  type OpenModel,
  type ResolvedModel,
  type VerifyOptions,
  type WriteOptions,
} from '@catalog/core'
export type {
  HistoryProblem,
  HistoryReport,
  PrunedHistory,
  RemovedFile,
  VerifiedHistory,
} from '@catalog/store-fs'
export {
  type RecoveryReport,
  type RepairOptions,
  type RepairReport,
  repairCatalog,
  type SymlinkPolicy,
} from '@catalog/store-fs'
export {
  type Attribution,
  CATALOG_ERROR_CODES,
  CatalogError,
  type CatalogErrorCode,
  type CatalogErrorDetails,
  type CatalogObserver,
  type Clock,
  type CommittedChange,
  type DiagnosisNote,
  type DigestProgress,
  type Download,
  type EntryUpdateInput,
  type Evidence,
  type Failure,
  type FileDigest,
  type Fingerprint,
  type InputProblem,
  isCatalogError,
  type Lease,
  LIFECYCLE_STATES,
  LifecycleState,
  type ListQuery,
  type ModelEntry,
  type ModelFile,
  type ModelFileInput,
  type ModelId,
  type ModelUser,
  type OpenModelFile,
  parseLifecycleState,
  type QuarantinedFile,
  type RegistrationInput,
  redactSource,
  type Sha256Digest,
  type StateCounts,
  type UsabilityProblem,
  type WatchOptions,
} from '@catalog/types'
export { createSha256, type DigestOptions, digestFile, verifyDigest } from '@catalog/verify'
export { findDefaultRoot } from './default-root.ts'
export {
  type PruneHistoryOptions,
  pruneHistory,
  type VerifyHistoryOptions,
  verifyHistory,
} from './history.ts'
export { type OpenCatalogOptions, openCatalog } from './open-catalog.ts'
