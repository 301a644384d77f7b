// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

declare const DIGEST_ORIGINS: readonly ["caller", "hub", "registry", "list", "name", "signature", "computed"];
type DigestOrigin = (typeof DIGEST_ORIGINS)[number];
type DeclaredOrigin = Exclude<DigestOrigin, 'computed'>;

declare const MAX_FACT_LENGTH = 200;
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
declare function parseModelId(value: unknown): ModelId;

declare const digestBrand: unique symbol;
type Sha256Digest = string & {
    readonly [digestBrand]: 'Sha256Digest';
};
declare function parseSha256Digest(value: unknown, field?: string): Sha256Digest;

declare const BUNDLE_NAMES: {
    readonly manifest: "bundle.json";
    readonly sums: "SHA256SUMS";
    readonly files: "files";
    readonly unfinished: "UNFINISHED";
};
declare const BUNDLE_VERSION = 1;
declare const MAX_BUNDLE_MANIFEST_BYTES: number;
interface BundleFile {
    readonly path?: string;
    readonly stored: string;
    readonly sizeBytes: number;
    readonly digest: Sha256Digest;
}
interface BundleModel {
    readonly id: ModelId;
    readonly name: string;
    readonly source: string;
    readonly digest: Sha256Digest;
    readonly digestOrigin: DigestOrigin;
    readonly sizeBytes: number;
    readonly registeredAt: string;
    readonly verifiedAt: string | null;
    readonly tags?: readonly string[];
    readonly facts?: ModelFacts;
    readonly isDirectory: boolean;
    readonly files: readonly BundleFile[];
}
interface BundleProblem {
    readonly index: number;
    readonly id?: ModelId;
    readonly problem: string;
}
interface BundleManifest {
    readonly models: readonly BundleModel[];
    readonly problems: readonly BundleProblem[];
}

declare function formatBundle(models: readonly BundleModel[]): string;

interface StreamTail {
    readonly sizeBytes: number;
    readonly digest: string;
}
interface FileIdentity {
    readonly dev: string;
    readonly ino: string;
}
interface HashCheckpoint {
    readonly version: 1;
    readonly offset: number;
    readonly state: string;
    readonly tail: StreamTail;
    readonly file?: FileIdentity;
    readonly checksum: string;
}
type StartOverReason = 'no-file' | 'not-a-regular-file' | 'no-checkpoint' | 'damaged-checkpoint' | 'foreign-checkpoint' | 'shorter-than-checkpoint' | 'another-file' | 'other-bytes';
type DownloadStart = {
    readonly resume: true;
    readonly fromByte: number;
    readonly excessBytes: number;
    readonly resumeFrom: HashCheckpoint;
} | {
    readonly resume: false;
    readonly fromByte: 0;
    readonly resumeFrom: undefined;
    readonly reason: StartOverReason;
    readonly detail: string;
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

declare function findFilePathProblem(text: string): string | undefined;
declare function isAnchorPath(path: string): boolean;

declare const LifecycleState: {
    readonly Pending: "Pending";
    readonly Active: "Active";
    readonly Retired: "Retired";
    readonly Failed: "Failed";
};
type LifecycleState = (typeof LifecycleState)[keyof typeof LifecycleState];
declare const LIFECYCLE_STATES: readonly LifecycleState[];

interface InputProblem {
    readonly field: string;
    readonly problem: string;
}
interface TextPlace {
    readonly line: number;
    readonly column: number;
    readonly entry?: string;
    readonly problem: string;
}
type WriteOutcome = 'none' | 'unknown';
type UsabilityProblem = 'state' | 'no-evidence' | 'wrong-bytes' | 'old-evidence' | 'undeclared-digest' | 'digest-origin';
interface ModelUser {
    readonly use: 'lease' | 'download';
    readonly holder: string;
    readonly until: string;
}
interface DiagnosisNote {
    readonly kind: string;
    readonly text: string;
    readonly extra?: Readonly<Record<string, unknown>>;
}
interface CatalogErrorDetails {
    INVALID_INPUT: {
        readonly problems: readonly InputProblem[];
    };
    INVALID_TRANSITION: {
        readonly id: string;
        readonly from: string;
        readonly to: string;
    };
    NOT_FOUND: {
        readonly id: string;
        readonly at?: string;
    };
    ALREADY_EXISTS: {
        readonly id: string;
        readonly existingId: string;
        readonly path?: string;
    };
    CONFLICT: {
        readonly id: string;
        readonly expectedRevision: number;
        readonly foundRevision: number;
    };
    NOT_USABLE: {
        readonly id: string;
        readonly state: string;
        readonly problem: UsabilityProblem;
    };
    IN_USE: {
        readonly id: string;
        readonly users: readonly ModelUser[];
    };
    LAST_COPY: {
        readonly id: string;
        readonly path: string;
        readonly node: string;
        readonly verifiedAt: string;
    };
    TOO_MANY_LEASES: {
        readonly id: string;
        readonly limit: number;
        readonly until: string;
    };
    LEASE_ENDED: {
        readonly id: string;
        readonly leaseId: string;
    };
    DOWNLOAD_ENDED: {
        readonly id: string;
        readonly holder: string;
        readonly heldBy?: ModelUser;
    };
    DOWNLOAD_INCOMPLETE: {
        readonly id: string;
        readonly path: string;
        readonly expectedBytes: number;
        readonly foundBytes: number;
    };
    DIGEST_MISMATCH: {
        readonly id?: string;
        readonly path: string;
        readonly expected: string;
        readonly found: string;
        readonly sizeBytes: number;
        readonly diagnosis?: readonly DiagnosisNote[];
        readonly isQuarantined?: true;
    };
    SIZE_MISMATCH: {
        readonly id?: string;
        readonly path: string;
        readonly expectedBytes: number;
        readonly foundBytes: number;
        readonly diagnosis?: readonly DiagnosisNote[];
        readonly isQuarantined?: true;
    };
    NOT_A_MODEL: {
        readonly id?: string;
        readonly path: string;
        readonly diagnosis: readonly DiagnosisNote[];
        readonly isQuarantined?: true;
    };
    EVIDENCE_STALE: {
        readonly id: string;
        readonly path: string;
    };
    FILE_CHANGED: {
        readonly id?: string;
        readonly path: string;
        readonly changed: readonly string[];
    };
    NOT_A_REGULAR_FILE: {
        readonly id?: string;
        readonly path: string;
        readonly kind: string;
    };
    FILE_MISSING: {
        readonly id?: string;
        readonly path: string;
    };
    CATALOG_MISSING: {
        readonly path: string;
    };
    CATALOG_REPLACED: {
        readonly path: string;
    };
    CLOSED: {
        readonly what: string;
    };
    READ_ONLY: {
        readonly path: string;
    };
    SHARED_FILE_SYSTEM: {
        readonly path: string;
        readonly fileSystem: string;
    };
    DAMAGED: {
        readonly path: string;
        readonly problem: string;
        readonly offset?: number;
        readonly length?: number;
        readonly recordsBefore?: number;
        readonly places?: readonly TextPlace[];
    };
    UNSUPPORTED_FORMAT: {
        readonly path: string;
        readonly found: string;
        readonly supported: string;
    };
    EDITED_OUTSIDE: {
        readonly path: string;
        readonly problem: string;
        readonly places?: readonly TextPlace[];
    };
    NO_SPACE: {
        readonly path: string;
        readonly outcome: WriteOutcome;
    };
    IO: {
        readonly operation: string;
        readonly path?: string;
        readonly errno?: string;
        readonly outcome?: WriteOutcome;
    };
    UNAVAILABLE: {
        readonly operation: string;
        readonly server: string;
        readonly errno?: string;
        readonly outcome?: WriteOutcome;
    };
}
type CatalogErrorCode = keyof CatalogErrorDetails;
declare const CATALOG_ERROR_CODES: readonly CatalogErrorCode[];
declare class CatalogError<C extends CatalogErrorCode = CatalogErrorCode> extends Error {
    static [Symbol.hasInstance]: (value: unknown) => boolean;
    static [Symbol.hasInstance](value: unknown): boolean;
    readonly code: C;
    readonly details: CatalogErrorDetails[C];
    constructor(code: C, message: string, details: CatalogErrorDetails[C], options?: {
        cause?: unknown;
    });
    toJSON(): {
        code: C;
        message: string;
        details: CatalogErrorDetails[C];
    };
}
declare function isCatalogError<C extends CatalogErrorCode = CatalogErrorCode>(value: unknown, code?: C): value is CatalogError<C>;
declare function createInvalidInput(problems: readonly InputProblem[]): CatalogError<'INVALID_INPUT'>;

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

declare function sizeOfEntry({ sizeBytes, files, digest, evidence, }: Pick<EntryContent, 'sizeBytes' | 'files' | 'digest' | 'evidence'>): number | undefined;

interface ModelFileInput {
    readonly path: string;
    readonly sizeBytes?: number | undefined;
    readonly digest?: string | null | undefined;
}

interface EntryUpdateInput {
    readonly name?: string | undefined;
    readonly source?: string | undefined;
    readonly digest?: string | null | undefined;
    readonly digestOrigin?: DeclaredOrigin | undefined;
    readonly sizeBytes?: number | null | undefined;
    readonly file?: string | null | undefined;
    readonly location?: string | null | undefined;
    readonly linksInto?: string | null | undefined;
    readonly files?: readonly ModelFileInput[] | null | undefined;
    readonly tags?: readonly string[] | null | undefined;
}
interface EntryUpdate extends Omit<EntryUpdateInput, 'digest' | 'files'> {
    readonly digest?: Sha256Digest | null | undefined;
    readonly files?: readonly ModelFile[] | null | undefined;
}

interface Attribution {
    readonly actor?: string | undefined;
    readonly reason?: string | undefined;
}
interface RegistrationInput extends Attribution {
    readonly id: string;
    readonly source: string;
    readonly digest?: string | null | undefined;
    readonly digestOrigin?: DeclaredOrigin | undefined;
    readonly name?: string | undefined;
    readonly sizeBytes?: number | undefined;
    readonly file?: string | undefined;
    readonly location?: string | undefined;
    readonly linksInto?: string | undefined;
    readonly files?: readonly ModelFileInput[] | undefined;
    readonly tags?: readonly string[] | undefined;
}
interface Registration extends Attribution {
    readonly id: ModelId;
    readonly source: string;
    readonly digest: Sha256Digest | null;
    readonly digestOrigin?: DeclaredOrigin | undefined;
    readonly name?: string | undefined;
    readonly sizeBytes?: number | undefined;
    readonly file?: string | undefined;
    readonly location?: string | undefined;
    readonly linksInto?: string | undefined;
    readonly files?: readonly ModelFile[] | undefined;
    readonly tags?: readonly string[] | undefined;
}

type OptionKind = 'any' | 'boolean' | 'function' | 'number' | 'object' | 'signal' | 'string';
type OptionKinds<T> = Readonly<Record<keyof T, OptionKind>>;
declare function assertOptions<T extends object>(options: T, kinds: OptionKinds<T>): void;

interface StoredPolicy {
    readonly requireDeclaredDigest?: boolean;
    readonly requireDigestOrigin?: readonly DigestOrigin[];
    readonly maxEvidenceAgeMs?: number;
    readonly ctimeChange?: 'stale' | 'trust-mtime';
    readonly silentAfterMs?: number;
}
type PolicyChange = {
    readonly [Name in keyof StoredPolicy]?: StoredPolicy[Name] | null | undefined;
};
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
type SettingsOutcome = {
    readonly applied: true;
    readonly settings: StoredSettings;
} | {
    readonly applied: false;
    readonly foundRevision: number;
};

type ListOrder = SortField | `-${SortField}`;
type SortField = 'id' | 'name' | 'size' | 'registeredAt' | 'verifiedAt';
declare const LIST_ORDERS: readonly ListOrder[];

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

type VerificationOutcome = 'success' | 'failure' | 'unreadable' | 'superseded';
declare const VERIFICATION_OUTCOMES: readonly VerificationOutcome[];
interface RecordedVerification {
    readonly outcome: VerificationOutcome;
    readonly bytes: number;
    readonly durationMs: number;
    readonly code?: string;
}
declare const VERIFICATION_SECONDS_BUCKETS: readonly number[];
declare const OTHER_OPERATION = "other";
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
interface RevisionConflict {
    readonly id: ModelId;
    readonly expectedRevision: number;
    readonly foundRevision: number;
    readonly foundId: string;
}
type CommitOutcome = {
    readonly applied: true;
    readonly entries: readonly (ModelEntry | null)[];
} | {
    readonly applied: false;
    readonly conflicts: readonly RevisionConflict[];
};
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

interface VerifiedHistory {
    readonly segments: number;
    readonly records: number;
    readonly from: number;
    readonly to: number;
}
interface HistoryProblem {
    readonly segment: number;
    readonly path: string;
    readonly offset?: number;
    readonly record?: number;
    readonly problem: string;
}
type HistoryReport = VerifiedHistory & ({
    readonly ok: true;
} | ({
    readonly ok: false;
} & HistoryProblem));
interface HistorySize {
    readonly segments: number;
    readonly bytes: number;
}
interface PruneOptions {
    readonly keepSegments?: number | undefined;
    readonly before?: Date | undefined;
    readonly dryRun?: boolean | undefined;
}
interface RemovedFile {
    readonly path: string;
    readonly sizeBytes: number;
}
interface PrunedHistory {
    readonly removed: readonly RemovedFile[];
    readonly segments: number;
}

interface WatchOptions {
    readonly since?: number | undefined;
    readonly signal?: AbortSignal | undefined;
}
interface RemovedModel {
    readonly id: ModelId;
    readonly revision: number;
}
type StateCounts = Readonly<Record<LifecycleState, number>>;
interface CatalogReader {
    get(id: ModelId): Promise<ModelEntry | undefined>;
    list(query: ListQuery): Promise<readonly ModelEntry[]>;
    count(query: ListQuery): Promise<number>;
    counts(): Promise<StateCounts>;
    removed(): Promise<readonly RemovedModel[]>;
    settings(): Promise<StoredSettings>;
    totals(): Promise<CatalogTotals>;
    changes(since: number, only?: ModelId): Promise<readonly CommittedChange[]>;
    watch(options?: WatchOptions): AsyncIterableIterator<CommittedChange>;
    refresh(): Promise<number>;
    verifyHistory(): Promise<HistoryReport>;
    measureHistory(): Promise<HistorySize>;
}
interface CatalogWriter {
    commit(commits: readonly Commit[]): Promise<readonly CommitOutcome[]>;
    changeSettings(change: SettingsChange & Attribution): Promise<SettingsOutcome>;
    pruneHistory(options?: PruneOptions): Promise<PrunedHistory>;
}
interface CatalogStore extends CatalogReader, CatalogWriter {
    readonly isShared: boolean;
    close(): Promise<void>;
}

interface CatalogBeginning {
    readonly position: number;
    readonly entries: readonly ModelEntry[];
    readonly removed: readonly RemovedModel[];
    readonly settings: StoredSettings;
    readonly totals: CatalogTotals;
}
interface CopiedRecord {
    readonly position: number;
    readonly at: string;
    readonly changes: readonly CommittedChange[];
}
interface CatalogCopy {
    readonly place: string;
    readonly state: 'empty' | 'unfinished' | 'finished';
    read(): Promise<CatalogReader>;
    begin(beginning: CatalogBeginning): Promise<void>;
    append(records: readonly CopiedRecord[], settings: StoredSettings): Promise<void>;
    complete(settings: StoredSettings, totals: CatalogTotals): Promise<void>;
    finish(): Promise<void>;
    close(): Promise<void>;
}

type OperationOutcome = 'ok' | CatalogErrorCode | 'aborted' | 'error';
interface OperationEvent {
    readonly operation: string;
    readonly id: string;
    readonly outcome: OperationOutcome;
    readonly durationMs: number;
}
interface VerificationEvent {
    readonly id: string;
    readonly outcome: 'match' | 'mismatch' | 'error';
    readonly bytes: number;
    readonly durationMs: number;
}
interface ConflictEvent {
    readonly operation: string;
    readonly id: string;
    readonly attempt: number;
}
interface AuditEvent {
    readonly doneModels: number;
    readonly totalModels: number;
    readonly doneBytes: number;
    readonly totalBytes: number;
}
interface CatalogObserver {
    onOperation?(event: OperationEvent): void;
    onVerification?(event: VerificationEvent): void;
    onConflict?(event: ConflictEvent): void;
    onAudit?(event: AuditEvent): void;
}

interface Clock {
    now(): Date;
}

interface DigestProgress {
    readonly doneBytes: number;
    readonly totalBytes: number;
}
interface DigestFileOptions {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((progress: DigestProgress) => void) | undefined;
}
interface ReadFileOptions {
    readonly followSymlink?: boolean | undefined;
}
interface OpenModelFile {
    readonly path: string;
    readonly fd: number;
    readonly sizeBytes: number;
    readonly fingerprint: Fingerprint;
    close(): Promise<void>;
}
interface WrongFile extends ReadFileOptions {
    readonly expectedDigest?: Sha256Digest | undefined;
    readonly expectedSizeBytes?: number | undefined;
    readonly foundDigest?: Sha256Digest | undefined;
    readonly previousFoundDigest?: string | undefined;
    readonly knownDigests?: ReadonlyMap<string, string> | undefined;
    readonly signal?: AbortSignal | undefined;
}
interface ReadFactsOptions extends ReadFileOptions {
    readonly signal?: AbortSignal | undefined;
}
interface FirstLook extends ReadFileOptions {
    readonly name: string;
    readonly isPart: boolean;
    readonly signal?: AbortSignal | undefined;
}
interface LookResult {
    readonly refusals: readonly DiagnosisNote[];
    readonly notes: readonly DiagnosisNote[];
}
interface FoundShards {
    readonly name: string;
    readonly present: readonly string[];
    readonly missing: readonly string[];
    readonly missingCount: number;
}
interface DigestedFile {
    readonly path: string;
    readonly digest: string;
}
interface FileInspector {
    statFile(path: string, options?: ReadFileOptions): Promise<Fingerprint>;
    readFingerprint(path: string, options?: ReadFileOptions): Fingerprint;
    openFile(path: string, options?: ReadFileOptions): Promise<OpenModelFile>;
    diagnoseFile(path: string, wrong: WrongFile): Promise<readonly DiagnosisNote[]>;
    takeFirstLook(path: string, look: FirstLook): Promise<LookResult>;
    readFacts(files: readonly SeenFile[], options?: ReadFactsOptions): Promise<ModelFacts | undefined>;
    resumeDownload(path: string): Promise<DownloadStart>;
    checkpointPathOf(path: string): string;
    digestManifest(files: readonly DigestedFile[]): Sha256Digest;
    findShards(paths: readonly string[]): readonly FoundShards[];
    findIndexedShards(path: string, options?: ReadFileOptions): Promise<readonly string[]>;
}
interface SeenFile {
    readonly path: string;
    readonly fingerprint: Fingerprint;
}
interface FileVerifier extends FileInspector {
    digestFiles(files: readonly SeenFile[], options?: VerifyFileOptions): Promise<readonly FileDigest[]>;
    close(): Promise<void>;
}
interface VerifyFileOptions extends DigestFileOptions, ReadFileOptions {
    readonly bytesPerSecond?: number | undefined;
}

type FileKind = 'file' | 'directory' | 'symbolic link' | 'fifo' | 'socket' | 'character device' | 'block device' | 'file of an unknown kind';
type FileReference = {
    readonly file: string;
} | {
    readonly location: string;
    readonly links?: AllowedLinks;
};
interface AllowedLinks {
    readonly into: string;
    readonly within: string;
}
interface FileAtPath {
    readonly path: string;
    readonly kind: 'file' | 'symlink' | 'other';
    readonly fingerprint: Fingerprint;
    readonly links: number;
}
interface FoundFile extends FileAtPath {
    readonly file: string;
}
interface UnreadablePath {
    readonly path: string;
    readonly errno: string;
}
interface FoundFiles {
    readonly files: readonly FoundFile[];
    readonly unreadable: readonly UnreadablePath[];
}
type DedupeMethod = 'reference' | 'hard-link' | 'reflink';
interface ModelPaths {
    pathOf(reference: FileReference): string;
    referenceTo(path: string): FileReference;
    pathsOf(reference: FileReference): readonly string[];
    followsLinks(reference: FileReference): boolean;
    locate(references: readonly FileReference[]): Promise<readonly string[]>;
    assertReachable(reference: FileReference, path: string): void;
}
interface ModelFiles extends ModelPaths {
    listFiles(): Promise<FoundFiles>;
    lookAt(path: string): Promise<FileAtPath | undefined>;
    makeParent(path: string): Promise<void>;
    syncFile(path: string): Promise<void>;
    moveFile(from: string, to: string): Promise<boolean>;
    moveDirectory(from: string, to: string, files: readonly string[]): Promise<boolean>;
    removeDirectory(path: string): Promise<boolean>;
    removeFile(path: string, expected: Fingerprint): Promise<boolean>;
    replaceByCopy(path: string, source: string, options: ReplaceOptions): Promise<Fingerprint | undefined>;
    measureFreeBytes(): Promise<number>;
}
interface ReplaceOptions {
    readonly aside: string;
    readonly prepared: string;
    readonly expected: Fingerprint;
    readonly method: Exclude<DedupeMethod, 'reference'>;
}

interface Volume {
    readonly id: string;
    readonly dev: string;
    readonly anchor?: string;
    readonly type: string;
    readonly isLocal: boolean;
    readonly hasBirthTime: boolean;
    readonly hasChangeTime: boolean;
}
interface Volumes {
    readonly bootId: string | undefined;
    list(): readonly Volume[];
    find(dev: string, anchors?: readonly string[]): Volume | undefined;
    prepare(path: string, anchors?: readonly string[]): Promise<Volume>;
    directoryOf(path: string): DirectoryIdentity | undefined;
    close(): Promise<void>;
}

interface PublicEntryOptions {
    readonly paths?: boolean | undefined;
    readonly extra?: boolean | undefined;
}
interface PublicEntry extends Pick<ModelEntry, 'id' | 'name' | 'digest' | 'digestOrigin' | 'state' | 'registeredAt' | 'verifiedAt' | 'sizeBytes' | 'tags' | 'revision' | 'extra'> {
    readonly source: string;
    readonly files?: readonly ModelFile[];
    readonly facts?: ModelFacts;
    readonly failure?: Pick<Failure, 'reason' | 'expected' | 'found' | 'at' | 'extra'>;
    readonly download?: Pick<Download, 'startedAt' | 'until' | 'extra'>;
    readonly failedDownload?: Pick<FailedDownload, 'attempts' | 'at' | 'retryAt' | 'extra'>;
    readonly quarantine?: readonly Pick<QuarantinedFile, 'at' | 'sizeBytes' | 'digest' | 'extra'>[];
    readonly leases?: readonly Pick<Lease, 'at' | 'until' | 'extra'>[];
}
declare function toPublicEntry(entry: ModelEntry, options: PublicEntryOptions & {
    readonly paths: true;
}): ModelEntry;
declare function toPublicEntry(entry: ModelEntry, options?: PublicEntryOptions): PublicEntry;

interface HubRef {
    readonly kind: 'hf';
    readonly org: string;
    readonly repo: string;
    readonly path?: string;
    readonly revision?: string;
    readonly text: string;
}
interface FileRef {
    readonly kind: 'file';
    readonly path: string;
    readonly text: string;
}
interface HttpRef {
    readonly kind: 'https' | 'http';
    readonly host: string;
    readonly path: string;
    readonly text: string;
}
interface S3Ref {
    readonly kind: 's3';
    readonly bucket: string;
    readonly key: string;
    readonly text: string;
}
interface OciRef {
    readonly kind: 'oci';
    readonly registry: string;
    readonly repository: string;
    readonly tag?: string;
    readonly digest?: string;
    readonly text: string;
}

type ModelRef = HubRef | FileRef | HttpRef | S3Ref | OciRef;
declare const ModelRef: {
    readonly parse: (text: unknown) => ModelRef;
};

declare function redactSource(source: string): string;

declare const UPKEEP_FINDING_KINDS: readonly ["missing", "absent", "moved", "resized", "changed", "stale", "unverified", "special-file", "unreadable", "shard-missing", "case-collision", "orphan", "leftover", "partial", "quarantined", "retired", "duplicate", "dead-evidence", "clock-ahead"];
type UpkeepFindingKind = (typeof UPKEEP_FINDING_KINDS)[number];
interface UpkeepFinding {
    readonly kind: UpkeepFindingKind;
    readonly id?: ModelId | undefined;
    readonly path: string;
    readonly bytes: number;
    readonly text: string;
}
interface PlannedEntry {
    readonly id: ModelId;
    readonly revision: number;
    readonly state: LifecycleState;
}
interface PlannedFile {
    readonly file: string;
    readonly fingerprint: Fingerprint;
}
type RemovalReason = 'leftover' | 'partial' | 'quarantined' | 'retired' | 'orphan';
type UpkeepAction = {
    readonly kind: 'relocate';
    readonly entry: PlannedEntry;
    readonly to: string;
    readonly files: readonly PlannedFile[];
} | {
    readonly kind: 'reverify';
    readonly entry: PlannedEntry;
    readonly files: readonly {
        readonly path: string;
        readonly fingerprint: Fingerprint;
    }[];
} | {
    readonly kind: 'forget-evidence';
    readonly entry: PlannedEntry;
    readonly paths: readonly string[];
    readonly keys?: readonly string[] | undefined;
} | ({
    readonly kind: 'remove-file';
    readonly why: RemovalReason;
    readonly entries: readonly PlannedEntry[];
    readonly links: number;
    readonly bytes: number;
    readonly lastCopy?: true | undefined;
} & PlannedFile) | {
    readonly kind: 'share-bytes';
    readonly method: DedupeMethod;
    readonly ids: readonly ModelId[];
    readonly digest: Sha256Digest;
    readonly keep: PlannedFile;
    readonly replace: PlannedFile;
    readonly bytes: number;
} | {
    readonly kind: 'finish-sharing';
    readonly file: string;
    readonly replaced: PlannedFile;
    readonly bytes: number;
};
interface UpkeepPlan {
    readonly version: 1;
    readonly node: string;
    readonly at: string;
    readonly findings: readonly UpkeepFinding[];
    readonly actions: readonly UpkeepAction[];
    readonly bytes: number;
}

export {
  BUNDLE_NAMES,
  BUNDLE_VERSION,
  CATALOG_ERROR_CODES,
  CatalogError,
  DIGEST_ORIGINS,
  LIFECYCLE_STATES,
  LIST_ORDERS,
  LifecycleState,
  MAX_BUNDLE_MANIFEST_BYTES,
  MAX_FACT_LENGTH,
  ModelRef,
  OTHER_OPERATION,
  UPKEEP_FINDING_KINDS,
  VERIFICATION_OUTCOMES,
  VERIFICATION_SECONDS_BUCKETS,
  assertOptions,
  createInvalidInput,
  findFilePathProblem,
  formatBundle,
  isAnchorPath,
  isCatalogError,
  parseModelId,
  parseSha256Digest,
  redactSource,
  sizeOfEntry,
  toPublicEntry,
};
export type {
  AllowedLinks,
  Attribution,
  AuditEvent,
  BundleFile,
  BundleManifest,
  BundleModel,
  BundleProblem,
  CatalogBeginning,
  CatalogCopy,
  CatalogErrorCode,
  CatalogErrorDetails,
  CatalogObserver,
  CatalogReader,
  CatalogSettings,
  CatalogStore,
  CatalogTotals,
  CatalogWriter,
  Change,
  Clock,
  Commit,
  CommitOutcome,
  CommittedChange,
  ConflictEvent,
  CopiedRecord,
  CountRange,
  DeclaredOrigin,
  DedupeMethod,
  DiagnosisNote,
  DigestEngine,
  DigestFileOptions,
  DigestOrigin,
  DigestProgress,
  DigestedFile,
  DirectoryIdentity,
  Download,
  DownloadStart,
  DurationHistogram,
  EntryContent,
  EntryUpdate,
  EntryUpdateInput,
  Evidence,
  ExtraFields,
  FailedDownload,
  Failure,
  FileAtPath,
  FileDigest,
  FileFingerprint,
  FileIdentity,
  FileInspector,
  FileKind,
  FileRef,
  FileReference,
  FileState,
  FileVerifier,
  Fingerprint,
  FirstLook,
  FoundFile,
  FoundFiles,
  FoundShards,
  HashCheckpoint,
  HistoryProblem,
  HistoryReport,
  HistorySize,
  HttpRef,
  HubRef,
  InputProblem,
  Lease,
  ListOrder,
  ListQuery,
  LookResult,
  ModelEntry,
  ModelFacts,
  ModelFile,
  ModelFileInput,
  ModelFiles,
  ModelId,
  ModelPaths,
  ModelUser,
  OciRef,
  OpenModelFile,
  OperationEvent,
  OperationOutcome,
  OptionKind,
  OptionKinds,
  PlannedEntry,
  PlannedFile,
  PolicyChange,
  PruneOptions,
  PrunedHistory,
  PublicEntry,
  PublicEntryOptions,
  QuarantinedFile,
  ReadFactsOptions,
  ReadFileOptions,
  RecordedFacts,
  RecordedFingerprint,
  RecordedVerification,
  Registration,
  RegistrationInput,
  RemovalReason,
  RemovedFile,
  RemovedModel,
  ReplaceOptions,
  RevisionConflict,
  S3Ref,
  SeenFile,
  SettingsChange,
  SettingsOutcome,
  Sha256Digest,
  SizeRange,
  StartOverReason,
  StateCounts,
  StoredPolicy,
  StoredSettings,
  StreamTail,
  TextPlace,
  TimeRange,
  UnreadablePath,
  UpkeepAction,
  UpkeepFinding,
  UpkeepFindingKind,
  UpkeepPlan,
  UsabilityProblem,
  VerificationEvent,
  VerificationOutcome,
  VerifiedHistory,
  VerifyFileOptions,
  Volume,
  VolumeSight,
  Volumes,
  WatchOptions,
  WriteOutcome,
  WrongFile,
};
