export {
  BUNDLE_NAMES,
  BUNDLE_VERSION,
  type BundleFile,
  type BundleManifest,
  type BundleModel,
  type BundleProblem,
  MAX_BUNDLE_MANIFEST_BYTES,
} from './bundle/bundle-manifest.ts'
export { formatBundle } from './bundle/format-bundle.ts'
export { type DeclaredOrigin, DIGEST_ORIGINS, type DigestOrigin } from './entry/digest-origin.ts'
export type {
  DownloadStart,
  FileIdentity,
  HashCheckpoint,
  StartOverReason,
  StreamTail,
} from './entry/download-start.ts'
export type {
  DigestEngine,
  DirectoryIdentity,
  FileDigest,
  FileState,
  Fingerprint,
} from './entry/file-digest.ts'
export { findFilePathProblem, isAnchorPath } from './entry/file-path.ts'
export { LIFECYCLE_STATES, LifecycleState } from './entry/lifecycle-state.ts'
export type {
  Download,
  EntryContent,
  Evidence,
  ExtraFields,
  FailedDownload,
  Failure,
  FileFingerprint,
  Lease,
  ModelEntry,
  ModelFile,
  QuarantinedFile,
  RecordedFacts,
  RecordedFingerprint,
} from './entry/model-entry.ts'
export { MAX_FACT_LENGTH, type ModelFacts } from './entry/model-facts.ts'
export { type ModelId, parseModelId } from './entry/model-id.ts'
export { parseSha256Digest, type Sha256Digest } from './entry/sha256-digest.ts'
export { sizeOfEntry } from './entry/size-of-entry.ts'
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
  type TextPlace,
  type UsabilityProblem,
  type WriteOutcome,
} from './error/catalog-error.ts'
export type { EntryUpdate, EntryUpdateInput } from './input/entry-update.ts'
export type { ModelFileInput } from './input/model-file-input.ts'
export type { Attribution, Registration, RegistrationInput } from './input/registration.ts'
export { assertOptions, type OptionKind, type OptionKinds } from './options/assert-options.ts'
export type { CatalogBeginning, CatalogCopy, CopiedRecord } from './ports/catalog-copy.ts'
export type {
  AuditEvent,
  CatalogObserver,
  ConflictEvent,
  OperationEvent,
  OperationOutcome,
  VerificationEvent,
} from './ports/catalog-observer.ts'
export type {
  CatalogSettings,
  PolicyChange,
  SettingsChange,
  SettingsOutcome,
  StoredPolicy,
  StoredSettings,
  VolumeSight,
} from './ports/catalog-settings.ts'
export type {
  CatalogReader,
  CatalogStore,
  CatalogWriter,
  RemovedModel,
  StateCounts,
  WatchOptions,
} from './ports/catalog-store.ts'
export {
  type CatalogTotals,
  type DurationHistogram,
  OTHER_OPERATION,
  type RecordedVerification,
  VERIFICATION_OUTCOMES,
  VERIFICATION_SECONDS_BUCKETS,
  type VerificationOutcome,
} from './ports/catalog-totals.ts'
export type { Clock } from './ports/clock.ts'
export type { Change, Commit, CommitOutcome, CommittedChange, RevisionConflict } from './ports/commit.ts'
export type {
  DigestedFile,
  DigestFileOptions,
  DigestProgress,
  FileInspector,
  FileVerifier,
  FirstLook,
  FoundShards,
  LookResult,
  OpenModelFile,
  ReadFactsOptions,
  ReadFileOptions,
  SeenFile,
  VerifyFileOptions,
  WrongFile,
} from './ports/file-verifier.ts'
export type {
  AllowedLinks,
  DedupeMethod,
  FileAtPath,
  FileKind,
  FileReference,
  FoundFile,
  FoundFiles,
  ModelFiles,
  ModelPaths,
  ReplaceOptions,
  UnreadablePath,
} from './ports/model-files.ts'
export type {
  HistoryProblem,
  HistoryReport,
  HistorySize,
  PrunedHistory,
  PruneOptions,
  RemovedFile,
  VerifiedHistory,
} from './ports/stored-history.ts'
export type { Volume, Volumes } from './ports/volumes.ts'
export { type PublicEntry, type PublicEntryOptions, toPublicEntry } from './public/public-entry.ts'
export { LIST_ORDERS, type ListOrder } from './query/list-order.ts'
export type { CountRange, ListQuery, SizeRange, TimeRange } from './query/list-query.ts'
export { ModelRef } from './reference/model-ref.ts'
export { redactSource } from './reference/redact-source.ts'
export type { FileRef, HttpRef, HubRef, OciRef, S3Ref } from './reference/ref-kinds.ts'
export {
  type PlannedEntry,
  type PlannedFile,
  type RemovalReason,
  UPKEEP_FINDING_KINDS,
  type UpkeepAction,
  type UpkeepFinding,
  type UpkeepFindingKind,
  type UpkeepPlan,
} from './upkeep/upkeep-plan.ts'
