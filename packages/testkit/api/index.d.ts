// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

import {
  ModelFiles,
  CatalogStore,
  FileVerifier,
  CommittedChange,
  CatalogTotals,
  FileDigest,
  Sha256Digest,
  ReadFileOptions,
  Fingerprint,
  FoundShards,
  DiagnosisNote,
  ModelFacts,
  CatalogError,
  VerifyFileOptions,
  SeenFile,
  OpenModelFile,
  WrongFile,
  LookResult,
  DownloadStart,
  DigestedFile,
  Volumes,
  Volume,
  DirectoryIdentity,
  UnreadablePath,
  FileReference,
  FoundFiles,
  FileAtPath,
  ReplaceOptions,
  PruneOptions,
  PrunedHistory,
  StoredSettings,
  ModelEntry,
  RemovedModel,
  ModelId,
  Clock,
  EntryContent,
  Evidence,
  RegistrationInput,
} from '@catalog/types';
import {
  TotalsTally,
  CheckedChange,
} from '@catalog/types/adapter';

interface TestFiles {
    readonly root: string;
    readonly outside: string;
    write(path: string, content: string | Uint8Array): Promise<void>;
    read(path: string): Promise<string | undefined>;
    makeDirectory(path: string): Promise<void>;
    remove(path: string): Promise<void>;
    makeLink(target: string, path: string): Promise<void>;
    dispose(): Promise<void>;
}

type FilesCapability = 'hard-links' | 'symbolic-links' | 'read-only';
interface FilesHarness {
    readonly files: ModelFiles;
    readonly world: TestFiles;
    openReadOnly?(): ModelFiles;
}
type CreateFilesHarness = () => Promise<FilesHarness>;
interface FilesConformanceOptions {
    readonly lacks?: readonly FilesCapability[];
}

declare function describeFilesConformance(name: string, createHarness: CreateFilesHarness, { lacks }?: FilesConformanceOptions): void;

type StoreCapability = 'read-only' | 'no-space' | 'pruning';
interface StoreHarness {
    open(): Promise<CatalogStore>;
    readonly reopenIsDurable: boolean;
    openReadOnly?(): Promise<CatalogStore>;
    fillUp?(): Promise<() => Promise<void>>;
    openPrunable?(): Promise<CatalogStore>;
    dispose(): Promise<void>;
}
type CreateStoreHarness = () => Promise<StoreHarness>;
interface ConformanceOptions {
    readonly lacks?: readonly StoreCapability[];
    readonly numRuns?: number;
    readonly seed?: number;
}

declare function describeStoreConformance(name: string, createHarness: CreateStoreHarness, options?: ConformanceOptions): void;

type VerifierCapability = 'bytes' | 'symbolic-links';
interface VerifierHarness {
    readonly verifier: FileVerifier;
    readonly world: TestFiles;
}
type CreateVerifierHarness = () => Promise<VerifierHarness>;
interface VerifierConformanceOptions {
    readonly lacks?: readonly VerifierCapability[];
}

declare function describeVerifierConformance(name: string, createHarness: CreateVerifierHarness, { lacks }?: VerifierConformanceOptions): void;

declare function foldChanges(changes: readonly CommittedChange[], position: number, since?: number): CatalogTotals;

declare function createDiskFiles(): Promise<TestFiles>;

declare class FakeDisk {
    #private;
    protected readonly byPath: Map<string, FileDigest>;
    protected readonly directories: Set<string>;
    protected readonly links: Map<string, string>;
    readonly freedInodes: string[];
    put(path: string, digest: Sha256Digest, sizeBytes?: number): void;
    renumber(dev: string): void;
    touchMode(path: string): void;
    overwrite(path: string, digest: Sha256Digest, sizeBytes?: number): void;
    overwriteUnseen(path: string, digest: Sha256Digest): void;
    rot(path: string, digest: Sha256Digest): void;
    delete(path: string): void;
    has(path: string): boolean;
    bytesOf(path: string): string | undefined;
    makeLink(target: string, path: string): void;
    protected realPathOf(path: string): string | undefined;
    protected isLink(path: string): boolean;
    protected findReal(path: string, { followSymlink }?: ReadFileOptions): FileDigest;
    link(from: string, to: string): void;
    protected unlink(path: string): void;
    protected namesOf({ ino }: Fingerprint): readonly string[];
    protected isDirectory(path: string): boolean;
    protected newFile(sizeBytes: number): Fingerprint;
    protected nextTime(): string;
    protected find(path: string): FileDigest;
}

declare class FakeVerifier extends FakeDisk implements FileVerifier {
    #private;
    readonly read: string[];
    isClosed: boolean;
    shards: readonly FoundShards[];
    readonly refusals: Map<string, readonly DiagnosisNote[]>;
    readonly facts: Map<string, ModelFacts>;
    readonly notes: Map<string, readonly DiagnosisNote[]>;
    readonly indexedShards: Map<string, readonly string[]>;
    readonly special: Map<string, CatalogError>;
    duringRead: (path: string) => unknown;
    digestFile(path: string, options?: VerifyFileOptions): Promise<FileDigest>;
    digestFiles(files: readonly SeenFile[], { signal, onProgress, ...how }?: VerifyFileOptions): Promise<readonly FileDigest[]>;
    statFile(path: string, options?: ReadFileOptions): Promise<Fingerprint>;
    readFingerprint(path: string, options?: ReadFileOptions): Fingerprint;
    openFile(path: string, options?: ReadFileOptions): Promise<OpenModelFile>;
    diagnoseFile(path: string, { knownDigests, foundDigest, followSymlink }: WrongFile): Promise<readonly DiagnosisNote[]>;
    takeFirstLook(path: string, options?: ReadFileOptions): Promise<LookResult>;
    readFacts(files: readonly SeenFile[]): Promise<ModelFacts | undefined>;
    resumeDownload(path: string): Promise<DownloadStart>;
    checkpointPathOf(path: string): string;
    digestManifest(files: readonly DigestedFile[]): Sha256Digest;
    findIndexedShards(path: string): Promise<readonly string[]>;
    findShards(): readonly FoundShards[];
    close(): Promise<void>;
}

declare function sampleVolume(overrides?: Partial<Volume>): Volume;
declare class FakeVolumes implements Volumes {
    #private;
    readonly bootId = "boot-1";
    present: readonly Volume[];
    readonly absent: Set<string>;
    isClosed: boolean;
    constructor(devOf: (path: string) => string, present?: readonly Volume[]);
    list(): readonly Volume[];
    find(dev: string): Volume | undefined;
    prepare(path: string): Promise<Volume>;
    directoryOf(path: string): DirectoryIdentity | undefined;
    close(): Promise<void>;
}

type ReplaceStep = 'prepared' | 'set-aside' | 'placed' | 'ended';
declare class FakeFiles extends FakeVerifier implements ModelFiles {
    #private;
    readonly done: string[];
    readonly volumes: FakeVolumes;
    freeBytes: number;
    unreadable: readonly UnreadablePath[];
    readonly unreachable: Map<string, CatalogError>;
    afterReplaceStep: (step: ReplaceStep, path: string) => unknown;
    pathOf(reference: FileReference): string;
    pathsOf(reference: FileReference): readonly string[];
    followsLinks(reference: FileReference): boolean;
    locate(references: readonly FileReference[]): Promise<readonly string[]>;
    assertReachable(reference: FileReference, path: string): void;
    referenceTo(path: string): FileReference;
    listFiles(): Promise<FoundFiles>;
    lookAt(path: string): Promise<FileAtPath | undefined>;
    makeParent(path: string): Promise<void>;
    syncFile(path: string): Promise<void>;
    moveFile(from: string, to: string): Promise<boolean>;
    moveDirectory(from: string, to: string, files: readonly string[]): Promise<boolean>;
    removeDirectory(path: string): Promise<boolean>;
    removeFile(path: string, expected: Fingerprint): Promise<boolean>;
    replaceByCopy(path: string, source: string, { expected, method, aside, prepared }: ReplaceOptions): Promise<Fingerprint | undefined>;
    measureFreeBytes(): Promise<number>;
}

declare class MemoryHistory {
    #private;
    beginning: number;
    constructor(partLength: number);
    get length(): number;
    add(change: CommittedChange): void;
    after(since: number): readonly CommittedChange[];
    countParts(position: number): number;
    prune(position: number, { keepSegments, before, dryRun }?: PruneOptions): PrunedHistory;
    forgetUntil(position: number): void;
}

interface MemoryBackingOptions {
    readonly segmentLength?: number;
}
interface Slot {
    readonly id: ModelId;
    readonly revision: number;
    readonly entry: ModelEntry | null;
}
declare class MemoryBacking {
    #private;
    readonly history: MemoryHistory;
    readonly listeners: Set<(change: CommittedChange) => void>;
    position: number;
    isFull: boolean;
    settings: StoredSettings;
    readonly tally: TotalsTally;
    constructor({ segmentLength }?: MemoryBackingOptions);
    assertSpace(): void;
    find(foldedId: string): ModelEntry | undefined;
    entries(): readonly ModelEntry[];
    removed(): readonly RemovedModel[];
    record(change: CommittedChange): void;
    put({ id, wire }: CheckedChange): Slot;
}
declare function createMemoryBacking(options?: MemoryBackingOptions): MemoryBacking;

interface MemoryStoreOptions {
    readonly backing?: MemoryBacking;
    readonly clock?: Clock;
    readonly readOnly?: boolean;
    readonly isShared?: boolean | undefined;
}
declare function openMemoryStore(options?: MemoryStoreOptions): Promise<CatalogStore>;

interface FixedClock extends Clock {
    advance(ms: number): void;
}
declare function fixedClock(start?: string): FixedClock;

interface SampleEntryOverrides extends Partial<Omit<EntryContent, 'id'>> {
    readonly id?: string;
}
declare function sampleEntry({ id, ...rest }?: SampleEntryOverrides): EntryContent;
declare function sampleRegistration(overrides?: Partial<RegistrationInput>): RegistrationInput;
declare function sampleDigest(seed: number): Sha256Digest;
declare function sampleFileDigest(digest: Sha256Digest, sizeBytes?: number): FileDigest;
declare function sampleEvidence(digest: Sha256Digest, outcome?: Evidence['outcome']): Evidence;

interface TemporaryDirectory {
    readonly path: string;
    at(...names: string[]): string;
}
declare function useTemporaryDirectory(): TemporaryDirectory;

export {
  FakeFiles,
  FakeVolumes,
  MemoryBacking,
  createDiskFiles,
  createMemoryBacking,
  describeFilesConformance,
  describeStoreConformance,
  describeVerifierConformance,
  fixedClock,
  foldChanges,
  openMemoryStore,
  sampleDigest,
  sampleEntry,
  sampleEvidence,
  sampleFileDigest,
  sampleRegistration,
  sampleVolume,
  useTemporaryDirectory,
};
export type {
  ConformanceOptions,
  CreateFilesHarness,
  CreateStoreHarness,
  CreateVerifierHarness,
  FilesCapability,
  FilesConformanceOptions,
  FilesHarness,
  FixedClock,
  MemoryBackingOptions,
  MemoryStoreOptions,
  ReplaceStep,
  SampleEntryOverrides,
  StoreCapability,
  StoreHarness,
  TemporaryDirectory,
  TestFiles,
  VerifierCapability,
  VerifierConformanceOptions,
  VerifierHarness,
};
