export {
  CATALOG_ERROR_CODES,
  CatalogError,
  type CatalogErrorCode,
  type CatalogErrorDetails,
  createInvalidInput,
  type InputProblem,
  isCatalogError,
  type ModelUser,
  type UsabilityProblem,
  type WriteOutcome,
} from './catalog-error.ts'
export { type CheckedChange, type CheckedCommit, checkCommit } from './checked-commit.ts'
export type {
  DownloadStart,
  FileIdentity,
  HashCheckpoint,
  StartOverReason,
  StreamTail,
} from './download-start.ts'
export { decodeEntry, encodeEntry, type WireEntry } from './entry-codec.ts'
export { type EntryUpdate, type EntryUpdateInput, parseEntryUpdate } from './entry-update.ts'
export type { DigestEngine, FileDigest, Fingerprint } from './file-digest.ts'
export { findFilePathProblem } from './file-path.ts'
export { LIFECYCLE_STATES, LifecycleState } from './lifecycle-state.ts'
export { compareEntries, LIST_ORDERS, type ListOrder, toCursor } from './list-order.ts'
export {
  type ListQuery,
  parseLifecycleState,
  parseListQuery,
  type SizeRange,
  type TimeRange,
} from './list-query.ts'
export {
  asksOnlyForState,
  createQueryFilter,
  findIndexKey,
  type IndexedField,
  type IndexKey,
  matchesQuery,
  selectEntries,
  statesOf,
  toIndexKey,
} from './match-query.ts'
export type {
  DiagnosisNote,
  DigestOrigin,
  Download,
  EntryContent,
  Evidence,
  ExtraFields,
  Failure,
  FileFingerprint,
  Lease,
  ModelEntry,
  ModelFile,
  QuarantinedFile,
} from './model-entry.ts'
export type { ModelFileInput } from './model-files-schema.ts'
export { foldModelId, type ModelId, parseModelId } from './model-id.ts'
export {
  type FileRef,
  type HttpRef,
  type HubRef,
  ModelRef,
  type OciRef,
  type S3Ref,
  toSourceKey,
} from './model-ref.ts'
export type {
  AuditEvent,
  CatalogObserver,
  ConflictEvent,
  OperationEvent,
  OperationOutcome,
  VerificationEvent,
} from './ports/catalog-observer.ts'
export type {
  CatalogReader,
  CatalogStore,
  CatalogWriter,
  Change,
  Commit,
  CommitOutcome,
  CommittedChange,
  RevisionConflict,
  StateCounts,
  WatchOptions,
} from './ports/catalog-store.ts'
export type { Clock } from './ports/clock.ts'
export type {
  DigestedFile,
  DigestFileOptions,
  DigestProgress,
  FileInspector,
  FileVerifier,
  MissingShards,
  OpenModelFile,
  ReadFileOptions,
  VerifyFileOptions,
  WrongFile,
} from './ports/file-verifier.ts'
export type {
  DedupeMethod,
  FileReference,
  FoundFile,
  ModelFiles,
  ModelPaths,
  ReplaceOptions,
} from './ports/model-files.ts'
export { redactSource } from './redact-source.ts'
export {
  type Attribution,
  parseAttribution,
  parseRegistration,
  type Registration,
  type RegistrationInput,
} from './registration.ts'
export { parseSha256Digest, type Sha256Digest } from './sha256-digest.ts'
export {
  MAX_LEASES,
  MAX_MODEL_FILES,
  MAX_QUARANTINED,
  parseHolder,
  parseNodeName,
} from './text-limits.ts'
export { parseTimeInput } from './time.ts'
export {
  type PlannedEntry,
  type PlannedFile,
  parsePlan,
  type RemovalReason,
  UPKEEP_FINDING_KINDS,
  type UpkeepAction,
  type UpkeepFinding,
  type UpkeepFindingKind,
  type UpkeepPlan,
} from './upkeep-plan.ts'
