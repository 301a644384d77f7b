export { Catalog } from './catalog.ts'
export type { CatalogPolicy, CatalogPorts } from './context/catalog-ports.ts'
export type { DownloadFile, ModelDownload, NoDownload } from './download/begin-download.ts'
export type {
  AbandonDownloadOptions,
  BeginDownloadOptions,
  DownloadFailure,
  DownloadOptions,
  FinishDownloadOptions,
  RenewDownloadOptions,
} from './download/download-options.ts'
export type { Downloads } from './download/downloads.ts'
export { canTransition } from './entry/lifecycle.ts'
export type { VerifyOptions, WriteOptions } from './entry/operation-options.ts'
export type { TimeSpan } from './entry/time-span.ts'
export { hasMatchingEvidence, isMatchingEvidence } from './evidence/evidence.ts'
export { evidenceOf } from './evidence/own-evidence.ts'
export { countCopies, type ModelCopy } from './fleet/copies.ts'
export type { Fleet } from './fleet/fleet.ts'
export type { LeaseOptions, ModelLease, RenewLeaseOptions } from './lease/lease-model.ts'
export type { Leases } from './lease/leases.ts'
export type { WaitOptions } from './lease/wait-until-unused.ts'
export type { History } from './query/history.ts'
export type { ListPage } from './query/read-page.ts'
export type { LocatedModel } from './serve/find-entries.ts'
export type { OpenModel, ResolvedModel } from './serve/resolve-model.ts'
export type { ModelStanding } from './serve/standing.ts'
export type { PolicyAtRevision, PolicySettings } from './settings/policy-settings.ts'
export type { ApplyOptions, ApplyProgress, ApplyReport, FailedAction } from './upkeep/apply/apply-plan.ts'
export type { AuditReport, UnreadableModel, WrongModel } from './upkeep/audit.ts'
export type { AuditOptions, CollectOptions, DedupeOptions } from './upkeep/plan/upkeep-options.ts'
export type { CatalogStats, FleetStats, ModelTotals } from './upkeep/stats.ts'
export type { Upkeep } from './upkeep/upkeep.ts'
