export {
  CATALOG_ERROR_CODES,
  CatalogError,
  type CatalogErrorCode,
  type CatalogErrorDetails,
  createInvalidInput,
  type InputProblem,
  isCatalogError,
  type WriteOutcome,
} from './catalog-error.ts'
export { type CheckedChange, type CheckedCommit, checkCommit } from './checked-commit.ts'
export { decodeEntry, encodeEntry, type WireEntry } from './entry-codec.ts'
export type { DigestEngine, FileDigest, Fingerprint } from './file-digest.ts'
export { findFilePathProblem } from './file-path.ts'
export { LIFECYCLE_STATES, LifecycleState } from './lifecycle-state.ts'
export { type ListQuery, parseLifecycleState, parseListQuery } from './list-query.ts'
export type {
  DigestOrigin,
  EntryContent,
  Evidence,
  ExtraFields,
  Failure,
  ModelEntry,
  ModelFile,
} from './model-entry.ts'
export { foldModelId, type ModelId, parseModelId } from './model-id.ts'
export type {
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
export type { DigestFileOptions, DigestProgress, FileVerifier } from './ports/file-verifier.ts'
export type { FileReference, ModelFiles } from './ports/model-files.ts'
export { redactSource } from './redact-source.ts'
export {
  type Attribution,
  parseAttribution,
  parseRegistration,
  type Registration,
  type RegistrationInput,
} from './registration.ts'
export { parseSha256Digest, type Sha256Digest } from './sha256-digest.ts'
export { parseNodeName } from './text-limits.ts'
