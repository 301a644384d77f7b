export { type CheckedChange, type CheckedCommit, checkCommit } from './adapter/checked-commit.ts'
export type {
  DownloadStart,
  FileIdentity,
  HashCheckpoint,
  StartOverReason,
  StreamTail,
} from './entry/download-start.ts'
export { decodeEntry, encodeEntry, type WireEntry } from './entry/entry-codec.ts'
export type { DigestEngine, FileDigest, Fingerprint } from './entry/file-digest.ts'
export { findFilePathProblem } from './entry/file-path.ts'
export { LIFECYCLE_STATES, LifecycleState } from './entry/lifecycle-state.ts'
export type {
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
} from './entry/model-entry.ts'
export { foldModelId, type ModelId, parseModelId } from './entry/model-id.ts'
export { parseSha256Digest, type Sha256Digest } from './entry/sha256-digest.ts'
export { sizeOfEntry } from './entry/size-of-entry.ts'
export {
  MAX_LEASES,
  MAX_MODEL_FILES,
  MAX_QUARANTINED,
  parseHolder,
  parseNodeName,
} from './entry/text-limits.ts'
export { parseTimeInput } from './entry/time.ts'
export {
  CATALOG_ERROR_CODES,
  CatalogError,
  type CatalogErrorCode,
  type CatalogErrorDetails,
  createInvalidInput,
  type DiagnosisNote,
  type InputProblem,
  isCatalogError,
  type ModelUser,
  type UsabilityProblem,
  type WriteOutcome,
} from './error/catalog-error.ts'
export { type EntryUpdate, type EntryUpdateInput, parseEntryUpdate } from './input/entry-update.ts'
export type { ModelFileInput } from './input/model-files-schema.ts'
export {
  type Attribution,
  parseAttribution,
  parseRegistration,
  type Registration,
  type RegistrationInput,
} from './input/registration.ts'
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
  SeenFile,
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
export { compareEntries, LIST_ORDERS, type ListOrder, toCursor } from './query/list-order.ts'
export {
  type ListQuery,
  parseLifecycleState,
  parseListQuery,
  type SizeRange,
  type TimeRange,
} from './query/list-query.ts'
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
} from './query/match-query.ts'
export { ModelRef, toSourceKey } from './reference/model-ref.ts'
export { redactSource } from './reference/redact-source.ts'
export type { FileRef, HttpRef, HubRef, OciRef, S3Ref } from './reference/ref-kinds.ts'
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
} from './upkeep/upkeep-plan.ts'
