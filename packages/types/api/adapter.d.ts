// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

interface InputProblem {
    readonly field: string;
    readonly problem: string;
}
interface DiagnosisNote {
    readonly kind: string;
    readonly text: string;
    readonly extra?: Readonly<Record<string, unknown>>;
}

declare const DIGEST_ORIGINS: readonly ["caller", "hub", "registry", "list", "name", "signature", "computed"];
type DigestOrigin = (typeof DIGEST_ORIGINS)[number];

declare const digestBrand: unique symbol;
type Sha256Digest = string & {
    readonly [digestBrand]: 'Sha256Digest';
};

interface FileState {
    readonly ino: string;
    readonly sizeBytes: number;
    readonly mtimeNs: string;
    readonly ctimeNs: string;
    readonly birthtimeNs?: string | undefined;
}
interface Fingerprint extends FileState {
    readonly dev: string;
}
interface DirectoryIdentity {
    readonly ino: string;
    readonly birthtimeNs?: string;
}
type DigestEngine = 'native' | 'wasm';
interface FileDigest {
    readonly digest: Sha256Digest;
    readonly sizeBytes: number;
    readonly fingerprint: Fingerprint;
    readonly engine: DigestEngine;
    readonly durationMs: number;
    readonly weak?: true;
}

declare const LifecycleState: {
    readonly Pending: "Pending";
    readonly Active: "Active";
    readonly Retired: "Retired";
    readonly Failed: "Failed";
};
type LifecycleState = (typeof LifecycleState)[keyof typeof LifecycleState];

interface ModelFacts {
    readonly format: string;
    readonly architecture?: string;
    readonly parameters?: number;
    readonly quantisation?: string;
    readonly contextLength?: number;
    readonly tokenizer?: string;
    readonly tensorCount?: number;
    readonly licence?: string;
    readonly name?: string;
    readonly extra?: Readonly<Record<string, unknown>>;
}

declare const modelIdBrand: unique symbol;
type ModelId = string & {
    readonly [modelIdBrand]: 'ModelId';
};
declare function foldModelId(id: string): string;

type ExtraFields = Readonly<Record<string, unknown>>;
interface ModelFile {
    readonly path: string;
    readonly sizeBytes?: number;
    readonly digest?: Sha256Digest;
    readonly extra?: ExtraFields;
}
interface RecordedFingerprint extends FileState {
    readonly directory?: DirectoryIdentity & {
        readonly extra?: ExtraFields;
    };
    readonly volume?: string;
    readonly dev?: string;
    readonly extra?: ExtraFields;
}
interface FileFingerprint {
    readonly path: string;
    readonly fingerprint: RecordedFingerprint;
    readonly extra?: ExtraFields;
}
interface Evidence extends Omit<FileDigest, 'sizeBytes' | 'fingerprint' | 'digest'> {
    readonly outcome: 'match' | 'mismatch';
    readonly volume?: string;
    readonly anchor?: string;
    readonly node?: string;
    readonly bootId?: string;
    readonly digest: Sha256Digest;
    readonly fingerprint?: RecordedFingerprint;
    readonly files?: readonly FileFingerprint[];
    readonly bytes: number;
    readonly at: string;
    readonly look?: readonly DiagnosisNote[];
    readonly extra?: ExtraFields;
}
interface RecordedFacts extends ModelFacts {
    readonly digest: Sha256Digest;
}
interface Failure {
    readonly reason: 'digest-mismatch' | 'size-mismatch' | 'not-a-model';
    readonly expected: string;
    readonly found: string;
    readonly node: string;
    readonly path: string;
    readonly at: string;
    readonly diagnosis?: readonly DiagnosisNote[];
    readonly extra?: ExtraFields;
}
interface Download {
    readonly holder: string;
    readonly node: string;
    readonly volume?: string;
    readonly path: string;
    readonly startedAt: string;
    readonly until: string;
    readonly placing?: true;
    readonly extra?: ExtraFields;
}
interface FailedDownload {
    readonly attempts: number;
    readonly problem: string;
    readonly holder: string;
    readonly node: string;
    readonly at: string;
    readonly retryAt?: string;
    readonly extra?: ExtraFields;
}
interface QuarantinedFile {
    readonly path: string;
    readonly node: string;
    readonly at: string;
    readonly sizeBytes: number;
    readonly digest?: Sha256Digest;
    readonly diagnosis?: readonly DiagnosisNote[];
    readonly extra?: ExtraFields;
}
interface Lease {
    readonly id: string;
    readonly holder: string;
    readonly node: string;
    readonly at: string;
    readonly until: string;
    readonly extra?: ExtraFields;
}
interface EntryContent {
    readonly id: ModelId;
    readonly name: string;
    readonly source: string;
    readonly digest: Sha256Digest | null;
    readonly state: LifecycleState;
    readonly registeredAt: string;
    readonly verifiedAt: string | null;
    readonly sizeBytes?: number;
    readonly file?: string;
    readonly location?: string;
    readonly linksInto?: string;
    readonly files?: readonly ModelFile[];
    readonly tags?: readonly string[];
    readonly digestOrigin?: DigestOrigin;
    readonly evidence?: Readonly<Record<string, Evidence>>;
    readonly facts?: RecordedFacts;
    readonly failure?: Failure;
    readonly download?: Download;
    readonly failedDownload?: FailedDownload;
    readonly quarantine?: readonly QuarantinedFile[];
    readonly leases?: readonly Lease[];
    readonly extra?: ExtraFields;
}
interface ModelEntry extends EntryContent {
    readonly revision: number;
}

interface Attribution {
    readonly actor?: string | undefined;
    readonly reason?: string | undefined;
}

type VerificationOutcome = 'success' | 'failure' | 'unreadable' | 'superseded';
interface RecordedVerification {
    readonly outcome: VerificationOutcome;
    readonly bytes: number;
    readonly durationMs: number;
    readonly code?: string;
}
interface CatalogTotals {
    readonly since: number;
    readonly position: number;
    readonly operations: Readonly<Record<string, number>>;
    readonly verifications: Readonly<Record<VerificationOutcome, number>>;
    readonly verifiedBytes: number;
    readonly verificationSeconds: DurationHistogram;
}
interface DurationHistogram {
    readonly count: number;
    readonly sum: number;
    readonly buckets: readonly number[];
}

interface Change {
    readonly id: ModelId;
    readonly ifRevision: number;
    readonly entry: EntryContent | null;
}
interface Commit extends Attribution {
    readonly operation: string;
    readonly changes: readonly Change[];
    readonly verification?: (RecordedVerification & {
        readonly id: ModelId;
    }) | undefined;
}
interface CommittedChange extends Attribution {
    readonly position: number;
    readonly at: string;
    readonly operation: string;
    readonly id: ModelId;
    readonly revision: number;
    readonly entry: ModelEntry | null;
    readonly verification?: RecordedVerification;
    readonly isUnchanged?: true;
    readonly extra?: Readonly<Record<string, unknown>>;
}

type WireEntry = Readonly<Record<string, unknown>>;
declare function decodeEntry(wire: unknown, revision: number): ModelEntry;
declare function encodeEntry(content: EntryContent & {
    readonly revision?: number;
}): WireEntry;

interface WireVerification {
    readonly id: string;
    readonly outcome: RecordedVerification['outcome'];
    readonly bytes: number;
    readonly duration_ms: number;
    readonly code?: string;
}
interface CheckedVerification extends RecordedVerification {
    readonly id: ModelId;
}
declare function encodeVerification({ durationMs, code, ...rest }: CheckedVerification): WireVerification;
declare function decodeVerification(wire: WireVerification): RecordedVerification;
declare function findVerificationProblem(wire: unknown): string | undefined;

interface CheckedChange {
    readonly id: ModelId;
    readonly ifRevision: number;
    readonly wire: WireEntry | null;
    readonly entry: ModelEntry | null;
}
interface CheckedCommit extends Attribution {
    readonly operation: string;
    readonly changes: readonly CheckedChange[];
    readonly verification?: CheckedVerification;
}
declare function checkCommit(commit: Commit): CheckedCommit;

interface WireCommitFields {
    readonly changes?: readonly {
        readonly id: string;
    }[] | undefined;
    readonly verification?: {
        readonly id: string;
    } | undefined;
}
declare function findCommitExtra(wire: WireCommitFields, id: string): CommittedChange['extra'];
declare function addCommitExtra<T extends WireCommitFields>(wire: T, extra: CommittedChange['extra']): T;

declare const MAX_SETTINGS_BYTES: number;
declare function checkCommitWithinLimits(commit: Commit): CheckedCommit;
declare function assertCommitLength(length: number): void;
declare function assertCallBytes(bytes: number): void;
declare function assertSettingsBytes(bytes: number): void;

declare class GroupCommit<Item extends {
    readonly text: string;
}, Outcome> {
    #private;
    constructor(write: (items: readonly Item[]) => Promise<readonly Outcome[]>, maxLength: number);
    submit(items: readonly Item[]): Promise<readonly Outcome[]>;
    idle(): Promise<void>;
}

interface StoredPolicy {
    readonly requireDeclaredDigest?: boolean;
    readonly requireDigestOrigin?: readonly DigestOrigin[];
    readonly maxEvidenceAgeMs?: number;
    readonly ctimeChange?: 'stale' | 'trust-mtime';
    readonly silentAfterMs?: number;
}
interface VolumeSight {
    readonly lastSeen: string;
    readonly node: string;
}
interface CatalogSettings {
    readonly policy: StoredPolicy;
    readonly volumes: Readonly<Record<string, VolumeSight>>;
}
interface StoredSettings extends CatalogSettings {
    readonly revision: number;
    readonly extra?: Readonly<Record<string, unknown>>;
}
interface SettingsChange {
    readonly ifRevision: number;
    readonly settings: CatalogSettings;
}

type Fields = Readonly<Record<string, unknown>>;
type WireSettings = Fields;
declare const NO_SETTINGS: StoredSettings;
interface CheckedSettingsChange extends Attribution {
    readonly ifRevision: number;
    readonly settings: CatalogSettings;
}
declare function checkSettingsChange(change: SettingsChange & Attribution): CheckedSettingsChange;
declare function encodeSettings(settings: CatalogSettings, before?: WireSettings): WireSettings;
declare function decodeSettings(wire: unknown, revision: number): StoredSettings;
declare function findSettingsProblems(wire: unknown): readonly InputProblem[];

interface WireTotals {
    readonly since: number;
    readonly operations: Readonly<Record<string, number>>;
    readonly verifications?: WireVerifications;
}
interface WireVerifications extends Readonly<Record<VerificationOutcome, number>> {
    readonly bytes: number;
    readonly ms: number;
    readonly buckets: readonly number[];
}
declare class TotalsTally {
    #private;
    constructor(since: number, totals?: WireTotals);
    add(operation: string, changes: number, verification?: RecordedVerification): void;
    isEmptyAt(position: number): boolean;
    read(position: number): CatalogTotals;
    toWire(): WireTotals;
}
declare function toCountedOperation(operation: string): string;
declare function toDurationBucket(durationMs: number): number;
declare function findTotalsProblem(wire: unknown): string | undefined;

declare const MAX_LEASES = 256;
declare const MAX_QUARANTINED = 64;
declare const MAX_DIAGNOSIS_NOTES = 32;

type ListOrder = SortField | `-${SortField}`;
type SortField = 'id' | 'name' | 'size' | 'registeredAt' | 'verifiedAt';
interface SortKey {
    readonly value: string | number | undefined;
    readonly id: string;
}
declare function toCursor(entry: ModelEntry, order?: ListOrder): string;
declare function parseCursor(text: string, order?: ListOrder): SortKey;

interface TimeRange {
    readonly from?: string | undefined;
    readonly to?: string | undefined;
}
interface SizeRange {
    readonly min?: number | undefined;
    readonly max?: number | undefined;
}
interface CountRange {
    readonly min?: number | undefined;
    readonly max?: number | undefined;
}
interface ListQuery {
    readonly state?: LifecycleState | readonly LifecycleState[] | undefined;
    readonly name?: string | undefined;
    readonly source?: string | undefined;
    readonly digest?: string | undefined;
    readonly file?: string | undefined;
    readonly location?: string | undefined;
    readonly tag?: string | readonly string[] | undefined;
    readonly text?: string | undefined;
    readonly sizeBytes?: SizeRange | undefined;
    readonly architecture?: string | undefined;
    readonly quantisation?: string | undefined;
    readonly parameters?: CountRange | undefined;
    readonly registeredAt?: TimeRange | undefined;
    readonly verifiedAt?: TimeRange | undefined;
    readonly order?: ListOrder | undefined;
    readonly after?: string | undefined;
    readonly limit?: number | undefined;
}

type IndexedField = 'digest' | 'location' | 'file' | 'source' | 'name';
interface IndexKey {
    readonly field: IndexedField;
    readonly key: string;
}
type EntryTest = (entry: ModelEntry) => boolean;
declare function createQueryFilter(query: ListQuery): EntryTest;
declare function statesOf({ state }: ListQuery): readonly LifecycleState[] | undefined;
declare function asksOnlyForState({ state: _state, order: _order, ...rest }: ListQuery): boolean;
declare function findIndexKey(query: ListQuery): IndexKey | undefined;
declare function toIndexKey(field: IndexedField, value: string): string;
declare function selectEntries(entries: Iterable<ModelEntry>, query: ListQuery): readonly ModelEntry[];

export {
  GroupCommit,
  MAX_DIAGNOSIS_NOTES,
  MAX_LEASES,
  MAX_QUARANTINED,
  MAX_SETTINGS_BYTES,
  NO_SETTINGS,
  TotalsTally,
  addCommitExtra,
  asksOnlyForState,
  assertCallBytes,
  assertCommitLength,
  assertSettingsBytes,
  checkCommit,
  checkCommitWithinLimits,
  checkSettingsChange,
  createQueryFilter,
  decodeEntry,
  decodeSettings,
  decodeVerification,
  encodeEntry,
  encodeSettings,
  encodeVerification,
  findCommitExtra,
  findIndexKey,
  findSettingsProblems,
  findTotalsProblem,
  findVerificationProblem,
  foldModelId,
  parseCursor,
  selectEntries,
  statesOf,
  toCountedOperation,
  toCursor,
  toDurationBucket,
  toIndexKey,
};
export type {
  CheckedChange,
  CheckedCommit,
  CheckedSettingsChange,
  CheckedVerification,
  IndexKey,
  IndexedField,
  SortKey,
  WireEntry,
  WireSettings,
  WireTotals,
  WireVerification,
};
