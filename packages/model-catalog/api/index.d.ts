// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

import {
  CatalogPolicy,
  Catalog,
} from '@catalog/core';
export {
  AbandonDownloadOptions,
  ApplyOptions,
  ApplyProgress,
  ApplyReport,
  AuditOptions,
  AuditReport,
  BeginDownloadOptions,
  Catalog,
  CatalogPolicy,
  CatalogStats,
  CollectOptions,
  DedupeOptions,
  DownloadFailure,
  DownloadFile,
  DownloadOptions,
  FailedAction,
  FinishDownloadOptions,
  Fleet,
  FleetStats,
  LeaseOptions,
  ListPage,
  LocatedModel,
  ModelCopy,
  ModelDownload,
  ModelLease,
  ModelStanding,
  ModelTotals,
  NoDownload,
  OpenModel,
  PolicyAtRevision,
  RenewDownloadOptions,
  RenewLeaseOptions,
  ResolvedModel,
  TimeSpan,
  UnreadableModel,
  VerifyOptions,
  WaitOptions,
  WriteOptions,
  WrongModel,
  canTransition,
  countCopies,
  evidenceOf,
  hasMatchingEvidence,
  isMatchingEvidence,
} from '@catalog/core';
import {
  SymlinkPolicy,
} from '@catalog/files';
export {
  SymlinkPolicy,
  findAnchorProblem,
} from '@catalog/files';
import {
  RecoveryReport,
} from '@catalog/store-fs';
export {
  RecoveryReport,
  RepairOptions,
  RepairReport,
  repairCatalog,
} from '@catalog/store-fs';
import {
  PruneOptions,
  PrunedHistory,
  HistoryReport,
  CatalogStore,
  CatalogError,
  CatalogObserver,
  Clock,
} from '@catalog/types';
export {
  Attribution,
  AuditEvent,
  CATALOG_ERROR_CODES,
  CatalogError,
  CatalogErrorCode,
  CatalogErrorDetails,
  CatalogObserver,
  CatalogTotals,
  Clock,
  CommittedChange,
  ConflictEvent,
  CountRange,
  DIGEST_ORIGINS,
  DeclaredOrigin,
  DedupeMethod,
  DiagnosisNote,
  DigestOrigin,
  DigestProgress,
  Download,
  DownloadStart,
  DurationHistogram,
  EntryUpdateInput,
  Evidence,
  FailedDownload,
  Failure,
  FileDigest,
  Fingerprint,
  HashCheckpoint,
  HistoryProblem,
  HistoryReport,
  HistorySize,
  InputProblem,
  LIFECYCLE_STATES,
  LIST_ORDERS,
  Lease,
  LifecycleState,
  ListOrder,
  ListQuery,
  ModelEntry,
  ModelFacts,
  ModelFile,
  ModelFileInput,
  ModelId,
  ModelRef,
  ModelUser,
  OpenModelFile,
  OperationEvent,
  OperationOutcome,
  PlannedEntry,
  PlannedFile,
  PolicyChange,
  PrunedHistory,
  PublicEntry,
  PublicEntryOptions,
  QuarantinedFile,
  ReadFactsOptions,
  RecordedFacts,
  RecordedVerification,
  RegistrationInput,
  RemovalReason,
  RemovedFile,
  Sha256Digest,
  SizeRange,
  StartOverReason,
  StateCounts,
  StoredPolicy,
  TextPlace,
  TimeRange,
  UPKEEP_FINDING_KINDS,
  UpkeepAction,
  UpkeepFinding,
  UpkeepFindingKind,
  UpkeepPlan,
  UsabilityProblem,
  VerificationEvent,
  VerificationOutcome,
  VerifiedHistory,
  WatchOptions,
  isCatalogError,
  redactSource,
  sizeOfEntry,
  toPublicEntry,
} from '@catalog/types';
export {
  parseLifecycleState,
  parsePlan,
} from '@catalog/types/schema';
export {
  CopyOptions,
  DiagnoseOptions,
  Diagnosis,
  DigestOptions,
  DigestStream,
  DigestStreamOptions,
  ManifestFile,
  ManifestLine,
  ParseManifestOptions,
  PartialFileOptions,
  ShardSet,
  StreamDigest,
  VerifiedCopy,
  copyVerified,
  createDigestStream,
  createSha256,
  describeDiagnosis,
  diagnoseFile,
  digestFile,
  digestManifest,
  findListedDigest,
  findShards,
  formatManifest,
  openPartialFile,
  parseManifest,
  readModelFacts,
  removeCheckpoint,
  resumeDownload,
  saveCheckpoint,
  verifyDigest,
} from '@catalog/verify';

type Environment = Readonly<Record<string, string | undefined>>;
declare function findDefaultRoot(environment?: Environment): string;

interface VerifyHistoryOptions {
    readonly root?: string | undefined;
}
interface PruneHistoryOptions extends VerifyHistoryOptions, PruneOptions {
}
declare function verifyHistory(options?: VerifyHistoryOptions): Promise<HistoryReport>;
declare function pruneHistory(options?: PruneHistoryOptions): Promise<PrunedHistory>;

interface MigrateProgress {
    readonly step: 'check' | 'copy' | 'compare';
    readonly position: number;
    readonly until: number;
}

interface MigrateOptions {
    readonly from: string;
    readonly to: string;
    readonly dryRun?: boolean | undefined;
    readonly onProgress?: ((progress: MigrateProgress) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
}
interface MigrateReport {
    readonly from: string;
    readonly to: string;
    readonly copied: number;
    readonly position: number;
    readonly isComplete: boolean;
}
declare function migrateCatalog(given: MigrateOptions): Promise<MigrateReport>;

interface OpenCatalogOptions {
    readonly root?: string | undefined;
    readonly store?: string | CatalogStore | undefined;
    readonly readOnly?: boolean | undefined;
    readonly create?: boolean | undefined;
    readonly intactPrefix?: boolean | undefined;
    readonly onlyWriter?: boolean | undefined;
    readonly onRecovery?: ((report: RecoveryReport) => void) | undefined;
    readonly onStaleView?: ((error: CatalogError) => void) | undefined;
    readonly node?: string | undefined;
    readonly anchors?: readonly string[] | undefined;
    readonly searchRoots?: readonly string[] | undefined;
    readonly symlinks?: SymlinkPolicy | undefined;
    readonly threads?: number | undefined;
    readonly policy?: CatalogPolicy | undefined;
    readonly holder?: string | undefined;
    readonly observer?: CatalogObserver | undefined;
    readonly clock?: Clock | undefined;
}
declare function openCatalog(given?: OpenCatalogOptions): Promise<Catalog>;

declare function redactStoreUrl(url: string): string;

export {
  findDefaultRoot,
  migrateCatalog,
  openCatalog,
  pruneHistory,
  redactStoreUrl,
  verifyHistory,
};
export type {
  MigrateOptions,
  MigrateProgress,
  MigrateReport,
  OpenCatalogOptions,
  PruneHistoryOptions,
  VerifyHistoryOptions,
};
