// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

import {
  CatalogStore,
  FileVerifier,
  ModelFiles,
  Volumes,
  Clock,
  DigestOrigin,
  CatalogObserver,
  ModelFile,
  Attribution,
  DigestFileOptions,
  ModelEntry,
  DownloadStart,
  Lease,
  ModelId,
  CommittedChange,
  CatalogTotals,
  HistorySize,
  HistoryReport,
  PruneOptions,
  PrunedHistory,
  Sha256Digest,
  OpenModelFile,
  StoredPolicy,
  PolicyChange,
  DigestProgress,
  UpkeepAction,
  CatalogErrorCode,
  AuditEvent,
  DedupeMethod,
  LifecycleState,
  UnreadablePath,
  UpkeepPlan,
  RegistrationInput,
  EntryUpdateInput,
  ListQuery,
  StateCounts,
  WatchOptions,
  EntryContent,
  Evidence,
} from '@catalog/types';

type Wait = (ms: number, signal: AbortSignal | undefined) => Promise<void>;

interface CatalogPorts {
    readonly store: CatalogStore;
    readonly verifier: FileVerifier;
    readonly files: ModelFiles;
    readonly volumes: Volumes;
    readonly clock: Clock;
    readonly node: string;
    readonly formerNodes?: readonly string[] | undefined;
    readonly policy?: CatalogPolicy | undefined;
    readonly holder?: string | undefined;
    readonly observer?: CatalogObserver | undefined;
    readonly monotonicMs?: (() => number) | undefined;
    readonly wait?: Wait | undefined;
}
interface CatalogPolicy {
    readonly requireDeclaredDigest?: boolean | undefined;
    readonly requireDigestOrigin?: readonly DigestOrigin[] | undefined;
    readonly maxEvidenceAgeMs?: number | undefined;
    readonly ctimeChange?: 'stale' | 'trust-mtime' | undefined;
    readonly silentAfterMs?: number | undefined;
}
interface CatalogContext extends CatalogPorts {
    readonly policy: CatalogPolicy;
    readonly formerNodes: readonly string[];
    readonly holder: string;
    readonly observer: Required<CatalogObserver>;
    readonly monotonicMs: () => number;
    readonly wait: Wait;
}

interface FilePlace {
    readonly part?: ModelFile;
    readonly path: string;
    readonly partialPath: string;
}

interface WriteOptions extends Attribution {
    readonly ifRevision?: number | undefined;
}
interface VerifyOptions extends DigestFileOptions, Attribution {
}

interface DownloadOptions extends WriteOptions {
    readonly holder?: string | undefined;
}
interface RenewDownloadOptions extends DownloadOptions {
    readonly forMs?: number | undefined;
}
interface BeginDownloadOptions extends RenewDownloadOptions {
    readonly inPlace?: boolean | undefined;
}
interface FinishDownloadOptions extends Omit<RenewDownloadOptions, 'ifRevision'>, Omit<VerifyOptions, 'actor' | 'reason'> {
}
interface AbandonDownloadOptions extends DownloadOptions {
    readonly failed?: DownloadFailure | undefined;
}
interface DownloadFailure {
    readonly problem: string;
    readonly retryAfterMs?: number | undefined;
}

interface DownloadFile extends FilePlace {
    readonly isPresent: boolean;
    readonly start: DownloadStart;
}
interface ModelDownload {
    readonly needed: true;
    readonly id: string;
    readonly entry: ModelEntry;
    readonly holder: string;
    readonly until: string;
    readonly files: readonly DownloadFile[];
}
interface NoDownload {
    readonly needed: false;
    readonly id: string;
    readonly entry: ModelEntry;
}

declare class Downloads {
    #private;
    constructor(context: CatalogContext);
    begin(id: string, options?: BeginDownloadOptions): Promise<ModelDownload | NoDownload>;
    renew(id: string, options?: RenewDownloadOptions): Promise<ModelEntry>;
    finish(id: string, options?: FinishDownloadOptions): Promise<ModelEntry>;
    abandon(id: string, options?: AbandonDownloadOptions): Promise<ModelEntry>;
}

interface ModelCopy {
    readonly key: string;
    readonly node: string;
    readonly volume?: string;
    readonly verifiedAt: string;
    readonly lastSeenAt: string;
    readonly isCounted: boolean;
    readonly isHere: boolean;
}
declare function countCopies(copies: readonly ModelCopy[]): number;

declare class Fleet {
    #private;
    constructor(context: CatalogContext);
    copies(id: string): Promise<readonly ModelCopy[]>;
    copiesOf(entries: readonly ModelEntry[]): Promise<readonly (readonly ModelCopy[])[]>;
}

interface TimeSpan {
    readonly forMs?: number | undefined;
    readonly until?: Date | string | undefined;
}

interface LeaseOptions extends Attribution, TimeSpan {
    readonly holder?: string | undefined;
}
interface RenewLeaseOptions extends Attribution, TimeSpan {
}
interface ModelLease extends Lease {
    readonly modelId: ModelId;
}

declare class Leases {
    #private;
    constructor(context: CatalogContext);
    take(id: string, options: LeaseOptions): Promise<Lease>;
    renew(id: string, leaseId: string, options: RenewLeaseOptions): Promise<Lease>;
    release(id: string, leaseId: string, options?: Attribution): Promise<void>;
    list(id?: string): Promise<readonly ModelLease[]>;
}

interface WaitOptions {
    readonly wait?: boolean | {
        readonly signal?: AbortSignal | undefined;
    } | undefined;
}

declare class History {
    #private;
    constructor(context: CatalogContext);
    changes(since?: number): Promise<readonly CommittedChange[]>;
    of(id: string): Promise<readonly CommittedChange[]>;
    stateAt(time: string): Promise<readonly ModelEntry[]>;
    stateAt(time: string, id: string): Promise<ModelEntry | undefined>;
    totals(): Promise<CatalogTotals>;
    size(): Promise<HistorySize>;
    verify(): Promise<HistoryReport>;
    prune(options?: PruneOptions): Promise<PrunedHistory>;
}

interface ListPage {
    readonly entries: readonly ModelEntry[];
    readonly next?: string;
}

interface LocatedModel {
    readonly id: string;
    readonly entry: ModelEntry;
    readonly paths: readonly string[];
}

interface ResolvedModel {
    readonly id: ModelId;
    readonly digest: Sha256Digest;
    readonly path: string;
    readonly paths: readonly string[];
    readonly loadPath?: string;
    readonly sizeBytes: number;
    readonly entry: ModelEntry;
}
interface OpenModel extends AsyncDisposable {
    readonly id: ModelId;
    readonly digest: Sha256Digest;
    readonly files: readonly OpenModelFile[];
    readonly entry: ModelEntry;
    close(): Promise<void>;
}

interface ModelStanding {
    readonly kind: 'in-order' | 'wrong' | 'stale' | 'changed' | 'missing' | 'absent' | 'unanchored' | 'unreadable' | 'unread';
    readonly path?: string;
    readonly anchor?: string;
}

interface PolicyAtRevision extends StoredPolicy {
    readonly revision: number;
}
declare class PolicySettings {
    #private;
    constructor(context: CatalogContext);
    get(): Promise<PolicyAtRevision>;
    set(change: PolicyChange, options?: Attribution): Promise<PolicyAtRevision>;
}

interface ApplyOptions extends Attribution {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((progress: ApplyProgress) => void) | undefined;
}
interface ApplyProgress extends DigestProgress {
    readonly doneActions: number;
    readonly totalActions: number;
}
interface ApplyReport {
    readonly done: readonly UpkeepAction[];
    readonly skipped: readonly {
        readonly action: UpkeepAction;
        readonly reason: string;
    }[];
    readonly failed: readonly FailedAction[];
    readonly freedBytes: number;
}
interface FailedAction {
    readonly action: UpkeepAction;
    readonly code: CatalogErrorCode;
    readonly text: string;
}

interface AuditOptions extends Attribution {
    readonly only?: 'stale' | undefined;
    readonly olderThanMs?: number | undefined;
    readonly bytesPerSecond?: number | undefined;
    readonly maxBytes?: number | undefined;
    readonly maxDurationMs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((progress: AuditEvent) => void) | undefined;
}
interface DoctorOptions {
    readonly forgetAbsent?: boolean | undefined;
}
interface CollectOptions {
    readonly retired?: boolean | undefined;
    readonly quarantined?: boolean | undefined;
    readonly partials?: boolean | undefined;
    readonly orphans?: boolean | readonly string[] | undefined;
    readonly lastCopy?: boolean | undefined;
    readonly olderThanMs?: number | undefined;
    readonly maxReadBytes?: number | undefined;
}
interface DedupeOptions {
    readonly method?: DedupeMethod | undefined;
}

interface AuditReport {
    readonly checked: number;
    readonly right: number;
    readonly wrong: readonly WrongModel[];
    readonly unreadable: readonly UnreadableModel[];
    readonly bytes: number;
    readonly durationMs: number;
    readonly remaining: {
        readonly models: number;
        readonly bytes: number;
    };
    readonly ended: 'all' | 'max-bytes' | 'max-duration';
}
interface WrongModel {
    readonly id: ModelId;
    readonly code: CatalogErrorCode;
    readonly path: string;
}
interface UnreadableModel {
    readonly id: ModelId;
    readonly code: CatalogErrorCode;
}

interface ModelTotals {
    readonly models: number;
    readonly bytes: number;
}
interface CatalogStats {
    readonly byState: Readonly<Record<LifecycleState, ModelTotals>>;
    readonly evidence: number;
    readonly oldestEvidenceAt: string | null;
    readonly oldEvidence: number;
    readonly partialBytes: number;
    readonly quarantinedBytes: number;
    readonly unreadable: readonly UnreadablePath[];
    readonly freeBytes: number;
    readonly usableHere: number;
    readonly fleet?: FleetStats;
    readonly leases: number;
    readonly downloads: number;
}
interface FleetStats {
    readonly nodes: number;
    readonly silentNodes: number;
    readonly singleCopy: number;
    readonly noCopy: number;
}

declare class Upkeep {
    #private;
    constructor(context: CatalogContext);
    audit(options?: AuditOptions): Promise<AuditReport>;
    doctor(options?: DoctorOptions): Promise<UpkeepPlan>;
    collect(options?: CollectOptions): Promise<UpkeepPlan>;
    dedupe(options?: DedupeOptions): Promise<UpkeepPlan>;
    apply(plan: UpkeepPlan, options?: ApplyOptions): Promise<ApplyReport>;
    stats(): Promise<CatalogStats>;
}

declare class Catalog implements AsyncDisposable {
    #private;
    [Symbol.asyncDispose]: () => Promise<void>;
    readonly downloads: Downloads;
    readonly leases: Leases;
    readonly policy: PolicySettings;
    readonly history: History;
    readonly upkeep: Upkeep;
    readonly fleet: Fleet;
    constructor(ports: CatalogPorts);
    register(input: RegistrationInput): Promise<ModelEntry>;
    verify(id: string, path?: string, options?: VerifyOptions): Promise<ModelEntry>;
    verify(id: string, options: VerifyOptions): Promise<ModelEntry>;
    update(id: string, update: EntryUpdateInput, options?: WriteOptions): Promise<ModelEntry>;
    setState(id: string, state: LifecycleState, options?: WriteOptions & WaitOptions): Promise<ModelEntry>;
    remove(id: string, options?: WriteOptions & WaitOptions): Promise<ModelEntry>;
    get(id: string): Promise<ModelEntry | undefined>;
    list(query?: ListQuery): Promise<readonly ModelEntry[]>;
    page(query?: ListQuery): Promise<ListPage>;
    count(query?: ListQuery): Promise<number>;
    counts(): Promise<StateCounts>;
    listByState(state: LifecycleState): Promise<readonly ModelEntry[]>;
    findByName(name: string): Promise<readonly ModelEntry[]>;
    locate(idOrRef: string): Promise<readonly LocatedModel[]>;
    standing(id: string): Promise<ModelStanding>;
    modelPath(id: string): Promise<string>;
    resolve(idOrRef: string): Promise<ResolvedModel>;
    openVerified(idOrRef: string): Promise<OpenModel>;
    watch(options?: WatchOptions): AsyncIterableIterator<CommittedChange>;
    refresh(): Promise<number>;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

declare function canTransition(from: LifecycleState, to: LifecycleState, hasEvidence: boolean): boolean;

declare function evidenceOf(entry: EntryContent, key: string): Evidence | undefined;

declare function isMatchingEvidence(entry: EntryContent, evidence: Evidence): boolean;
type IsLive = (key: string, evidence: Evidence) => boolean;
declare function hasMatchingEvidence(entry: EntryContent, isLive?: IsLive): boolean;

export {
  Catalog,
  Downloads,
  Fleet,
  History,
  Leases,
  PolicySettings,
  Upkeep,
  canTransition,
  countCopies,
  evidenceOf,
  hasMatchingEvidence,
  isMatchingEvidence,
};
export type {
  AbandonDownloadOptions,
  ApplyOptions,
  ApplyProgress,
  ApplyReport,
  AuditOptions,
  AuditReport,
  BeginDownloadOptions,
  CatalogPolicy,
  CatalogPorts,
  CatalogStats,
  CollectOptions,
  DedupeOptions,
  DownloadFailure,
  DownloadFile,
  DownloadOptions,
  FailedAction,
  FinishDownloadOptions,
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
};
