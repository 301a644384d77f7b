export type { ApplyOptions, ApplyProgress, ApplyReport, FailedAction } from './apply-plan.ts'
export type { AuditReport, UnreadableModel, WrongModel } from './audit.ts'
export type { DownloadFile, ModelDownload, NoDownload } from './begin-download.ts'
export { Catalog } from './catalog.ts'
export type { CatalogPolicy, CatalogPorts } from './catalog-ports.ts'
export type {
  BeginDownloadOptions,
  DownloadOptions,
  FinishDownloadOptions,
  RenewDownloadOptions,
} from './download-options.ts'
export { evidenceOf, hasMatchingEvidence, isMatchingEvidence } from './evidence.ts'
export type { LocatedModel } from './find-entries.ts'
export type { LeaseOptions, ModelLease, RenewLeaseOptions } from './lease-model.ts'
export { canTransition, findTransitionRule, TRANSITIONS, type TransitionRule } from './lifecycle.ts'
export {
  defaultFileName,
  fileReferenceOf,
  fileReferencesOf,
  MODEL_FILE_EXTENSIONS,
  type ReferencedFile,
} from './model-file-name.ts'
export type { VerifyOptions, WriteOptions } from './operation-options.ts'
export { type Leftover, parseLeftover, partialPathOf, quarantinePathOf } from './partial-name.ts'
export type { ListPage } from './read-page.ts'
export type { OpenModel, ResolvedModel } from './resolve-model.ts'
export type { CatalogStats, ModelTotals } from './stats.ts'
export type { TimeSpan } from './time-span.ts'
export type { AuditOptions, CollectOptions, DedupeOptions } from './upkeep-options.ts'
export type { WaitOptions } from './wait-until-unused.ts'
