// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

import {
  Sha256Digest,
  DigestFileOptions,
  DigestEngine,
  FileDigest,
  Fingerprint,
  Evidence,
  SeenFile,
  VerifyFileOptions,
  ReadFactsOptions,
  ModelFacts,
  FileVerifier,
  HashCheckpoint,
  DownloadStart,
} from '@catalog/types';
export {
  DigestEngine,
  DigestProgress,
  DownloadStart,
  FileDigest,
  FileIdentity,
  FileVerifier,
  Fingerprint,
  HashCheckpoint,
  ModelFacts,
  ReadFactsOptions,
  SeenFile,
  Sha256Digest,
  StartOverReason,
  StreamTail,
  VerifyFileOptions,
  isCatalogError,
} from '@catalog/types';

interface ChunkMap {
    readonly digest: Sha256Digest;
    readonly sizeBytes: number;
    readonly chunkBytes: number;
    readonly chunks: readonly Sha256Digest[];
}
interface ByteRange {
    readonly offset: number;
    readonly length: number;
}

interface ExpectedChunkMap {
    readonly digest: string;
    readonly sizeBytes: number;
    readonly path: string;
}
declare function formatChunkMap(map: ChunkMap): string;
declare function parseChunkMap(stored: string | Uint8Array, expected: ExpectedChunkMap): ChunkMap;

interface Sha256 {
    update(bytes: Uint8Array): void;
    digest(): Sha256Digest;
}
interface ResumableSha256 extends Sha256 {
    save(): Uint8Array;
    load(state: Uint8Array): void;
}

type Content = Blob | Response | ReadableStream<Uint8Array>;
interface ContentProgress {
    readonly doneBytes: number;
    readonly totalBytes: number | undefined;
}
interface ContentOptions {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((progress: ContentProgress) => void) | undefined;
}
interface ContentDigest {
    readonly digest: Sha256Digest;
    readonly sizeBytes: number;
}
type DigestContent = (content: Content, options?: ContentOptions) => Promise<ContentDigest>;
type VerifyContent = (content: Content, expected: string, options?: ContentOptions) => Promise<ContentDigest>;

declare const digestContent: DigestContent;
declare const verifyContent: VerifyContent;

type ContentFormat = 'GGUF' | 'safetensors' | 'HDF5' | 'NumPy' | 'pickle' | 'zip';

type PageKind = 'html-page' | 'json-page' | 'xml-page' | 'text-page';
type Compression = 'gzip' | 'zip' | 'zstd' | 'xz' | 'bzip2';
type ModelFormat = 'gguf' | 'safetensors' | 'onnx' | 'zip';
type Diagnosis = {
    readonly kind: 'empty';
} | {
    readonly kind: 'partial-name';
} | {
    readonly kind: 'git-lfs-pointer';
    readonly oid: Sha256Digest;
    readonly pointedBytes: number;
    readonly isExpected?: boolean;
} | {
    readonly kind: PageKind;
    readonly says: string;
} | {
    readonly kind: 'other-entry';
    readonly digest: Sha256Digest;
    readonly id: string;
} | {
    readonly kind: 'compressed';
    readonly compression: Compression;
} | {
    readonly kind: 'truncated-format';
    readonly format: ModelFormat;
    readonly neededBytes: number;
    readonly foundBytes: number;
    readonly tensorCount?: number;
} | {
    readonly kind: 'shorter';
    readonly expectedBytes: number;
    readonly foundBytes: number;
    readonly missingBytes: number;
    readonly blockBytes?: number;
} | {
    readonly kind: 'longer';
    readonly expectedBytes: number;
    readonly foundBytes: number;
    readonly excessBytes: number;
} | {
    readonly kind: 'other-format';
    readonly extension: string;
    readonly found: ContentFormat;
} | {
    readonly kind: 'wrong-format';
    readonly format: ModelFormat;
    readonly problem: string;
} | {
    readonly kind: 'zeros';
    readonly offset: number;
    readonly lengthBytes: number;
    readonly isAtEnd: boolean;
    readonly isExact: boolean;
} | {
    readonly kind: 'same-wrong-digest';
    readonly digest: Sha256Digest;
    readonly expected: Sha256Digest;
};

declare function describeDiagnosis(diagnosis: Diagnosis): string;

type ScanRange = 'ends' | 'whole';

interface DiagnoseOptions {
    readonly expectedDigest?: string | undefined;
    readonly expectedSizeBytes?: number | undefined;
    readonly foundDigest?: string | undefined;
    readonly previousFoundDigest?: string | undefined;
    readonly knownDigests?: ReadonlyMap<string, string> | undefined;
    readonly scan?: ScanRange | undefined;
    readonly followSymlink?: boolean | undefined;
    readonly signal?: AbortSignal | undefined;
}

declare function diagnoseFile(path: string, options?: DiagnoseOptions): Promise<readonly Diagnosis[]>;

interface AuditOptions extends DigestFileOptions {
    readonly followSymlink?: boolean | undefined;
    readonly threads?: number | undefined;
}
type AuditResult = {
    readonly ok: true;
} | {
    readonly ok: false;
    readonly damaged: readonly ByteRange[];
};

type EngineChoice = DigestEngine | 'auto';
interface ReadingOptions {
    readonly engine?: EngineChoice | undefined;
    readonly followSymlink?: boolean | undefined;
}
interface DigestOptions extends DigestFileOptions, ReadingOptions {
    readonly expectedSizeBytes?: number | undefined;
    readonly chunkMap?: boolean | undefined;
    readonly bytesPerSecond?: number | undefined;
}
interface ChunkedFileDigest extends FileDigest {
    readonly chunks: ChunkMap;
}

type CheckMode = 'fingerprint' | 'full';
interface FileEvidence extends Pick<Evidence, 'outcome' | 'digest'> {
    readonly fingerprint: Fingerprint;
}
interface CheckOptions extends DigestFileOptions, ReadingOptions {
    readonly mode: CheckMode;
}
type FileCheck = {
    readonly outcome: 'unchanged';
} | {
    readonly outcome: 'changed';
    readonly changed: readonly (keyof Fingerprint)[];
} | {
    readonly outcome: 'match';
    readonly found: FileDigest;
} | {
    readonly outcome: 'mismatch';
    readonly found: FileDigest;
};

interface VerifierOptions extends ReadingOptions {
    readonly threads?: number | undefined;
    readonly probeDirectories?: readonly string[] | undefined;
}
interface Verifier {
    digestFile(path: string, options: DigestOptions & {
        readonly chunkMap: true;
    }): Promise<ChunkedFileDigest>;
    digestFile(path: string, options?: DigestOptions): Promise<FileDigest>;
    digestFiles(files: readonly SeenFile[], options?: VerifyFileOptions): Promise<readonly FileDigest[]>;
    verifyDigest(path: string, expected: string, options?: DigestOptions): Promise<FileDigest>;
    checkFile(path: string, evidence: FileEvidence, options: CheckOptions): Promise<FileCheck>;
    auditFile(path: string, chunkMap: ChunkMap, options?: AuditOptions): Promise<AuditResult>;
    measureFile(path: string, options?: Pick<ReadingOptions, 'followSymlink'>): Promise<number>;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

declare function createVerifier(options?: VerifierOptions): Verifier;

declare function digestFile(path: string, options: DigestOptions & {
    readonly chunkMap: true;
}): Promise<ChunkedFileDigest>;
declare function digestFile(path: string, options?: DigestOptions): Promise<FileDigest>;
declare function verifyDigest(path: string, expected: string, options?: DigestOptions): Promise<FileDigest>;
declare function checkFile(path: string, evidence: FileEvidence, options: CheckOptions): Promise<FileCheck>;
declare function auditFile(path: string, chunkMap: ChunkMap, options?: AuditOptions): Promise<AuditResult>;

declare function readModelFacts(paths: string | readonly string[], options?: ReadFactsOptions): Promise<ModelFacts | undefined>;

declare function createFileVerifier(options?: VerifierOptions): FileVerifier;

declare function createSha256(): Promise<ResumableSha256>;

interface ManifestLine {
    readonly path: string;
    readonly digest: Sha256Digest;
}

declare function findListedDigest(files: readonly ManifestLine[], path: string): Sha256Digest | undefined;

interface ManifestFile {
    readonly path: string;
    readonly digest: string;
    readonly sizeBytes?: number | undefined;
}
declare function digestManifest(files: readonly ManifestFile[]): Sha256Digest;
declare function formatManifest(files: readonly ManifestFile[]): string;

type ManifestProblem = {
    readonly kind: 'missing';
    readonly path: string;
} | {
    readonly kind: 'extra';
    readonly path: string;
} | {
    readonly kind: 'digest-mismatch';
    readonly path: string;
    readonly expected: Sha256Digest;
    readonly found: Sha256Digest;
    readonly sizeBytes: number;
} | {
    readonly kind: 'size-mismatch';
    readonly path: string;
    readonly expectedBytes: number;
    readonly foundBytes: number;
} | {
    readonly kind: 'not-regular';
    readonly path: string;
    readonly fileKind: string;
} | {
    readonly kind: 'outside-root';
    readonly path: string;
    readonly target: string;
};
type ManifestCheck = {
    readonly outcome: 'match';
    readonly digest: Sha256Digest;
    readonly sizeBytes: number;
    readonly found: ReadonlyMap<string, FileDigest>;
} | {
    readonly outcome: 'mismatch';
    readonly problems: readonly ManifestProblem[];
    readonly found: ReadonlyMap<string, FileDigest>;
};
interface ManifestOptions extends DigestFileOptions {
    readonly allowExtra?: boolean | undefined;
    readonly ignoreMissing?: boolean | undefined;
    readonly symlinks?: 'inside' | 'anywhere' | undefined;
    readonly verifier?: Pick<Verifier, 'digestFile'> | undefined;
}

interface ParseManifestOptions {
    readonly anyPath?: boolean | undefined;
}
declare function parseManifest(list: string | Uint8Array, options?: ParseManifestOptions): readonly ManifestLine[];

declare function verifyManifest(root: string, files: readonly ManifestFile[], options?: ManifestOptions): Promise<ManifestCheck>;

type ReplacementBytes = Uint8Array | AsyncIterable<Uint8Array>;

interface RepairOptions {
    readonly signal?: AbortSignal | undefined;
    readonly followSymlink?: boolean | undefined;
}
declare function repairRange(path: string, chunkMap: ChunkMap, range: ByteRange, bytes: ReplacementBytes, options?: RepairOptions): Promise<void>;

type ShardIndexProblem = {
    readonly kind: 'bad-index';
    readonly problem: string;
} | {
    readonly kind: 'missing-shards';
    readonly paths: readonly string[];
    readonly count: number;
} | {
    readonly kind: 'not-regular';
    readonly path: string;
    readonly fileKind: string;
} | {
    readonly kind: 'total-size';
    readonly expectedBytes: number;
    readonly foundBytes: number;
};
interface ShardIndexCheck {
    readonly path: string;
    readonly shards: readonly string[];
    readonly problems: readonly ShardIndexProblem[];
}

type ShardSetProblem = {
    readonly kind: 'missing-shards';
    readonly paths: readonly string[];
    readonly count: number;
} | {
    readonly kind: 'mixed-totals';
    readonly totals: readonly number[];
} | {
    readonly kind: 'bad-number';
    readonly path: string;
    readonly number: number;
    readonly total: number;
};
interface ShardSet {
    readonly name: string;
    readonly totals: readonly number[];
    readonly paths: readonly string[];
    readonly problems: readonly ShardSetProblem[];
}
declare function findShards(paths: readonly string[]): readonly ShardSet[];

interface ShardOptions {
    readonly signal?: AbortSignal | undefined;
    readonly followSymlink?: boolean | undefined;
}
type FoundShardProblem = ShardSetProblem | {
    readonly kind: 'not-regular';
    readonly path: string;
    readonly fileKind: string;
};
interface FoundShardSet extends Omit<ShardSet, 'problems'> {
    readonly problems: readonly FoundShardProblem[];
}
interface ShardCheck {
    readonly outcome: 'complete' | 'incomplete' | 'no-shards';
    readonly sets: readonly FoundShardSet[];
    readonly indexes: readonly ShardIndexCheck[];
}
declare function checkShards(root: string, options?: ShardOptions): Promise<ShardCheck>;

declare function saveCheckpoint(path: string, checkpoint: HashCheckpoint): Promise<boolean>;
declare function removeCheckpoint(path: string): Promise<void>;

interface StreamDigest {
    readonly digest: Sha256Digest;
    readonly sizeBytes: number;
}

interface CopyOptions extends DigestFileOptions {
    readonly expected: string;
    readonly expectedSizeBytes?: number | undefined;
    readonly followSymlink?: boolean | undefined;
}
interface VerifiedCopy extends StreamDigest {
    readonly by: 'reflink' | 'copy';
}
declare function copyVerified(source: string, target: string, options: CopyOptions): Promise<VerifiedCopy>;

interface DigestStreamOptions {
    readonly expected?: string | undefined;
    readonly resumeFrom?: HashCheckpoint | undefined;
    readonly onCheckpoint?: ((checkpoint: HashCheckpoint) => unknown) | undefined;
    readonly checkpointEveryBytes?: number | undefined;
    readonly engine?: EngineChoice | undefined;
    readonly path?: string | undefined;
}
interface DigestStream extends TransformStream<Uint8Array, Uint8Array> {
    readonly result: Promise<StreamDigest>;
}
declare function createDigestStream(options?: DigestStreamOptions): DigestStream;

interface PartialFileOptions {
    readonly fromByte?: number | undefined;
}
declare function openPartialFile(path: string, options?: PartialFileOptions): Promise<WritableStream<Uint8Array>>;

declare function resumeDownload(path: string, checkpoint?: unknown): Promise<DownloadStart>;

export {
  auditFile,
  checkFile,
  checkShards,
  copyVerified,
  createDigestStream,
  createFileVerifier,
  createSha256,
  createVerifier,
  describeDiagnosis,
  diagnoseFile,
  digestContent,
  digestFile,
  digestManifest,
  findListedDigest,
  findShards,
  formatChunkMap,
  formatManifest,
  openPartialFile,
  parseChunkMap,
  parseManifest,
  readModelFacts,
  removeCheckpoint,
  repairRange,
  resumeDownload,
  saveCheckpoint,
  verifyContent,
  verifyDigest,
  verifyManifest,
};
export type {
  AuditOptions,
  AuditResult,
  ByteRange,
  CheckMode,
  CheckOptions,
  ChunkMap,
  ChunkedFileDigest,
  Compression,
  Content,
  ContentDigest,
  ContentOptions,
  ContentProgress,
  CopyOptions,
  DiagnoseOptions,
  Diagnosis,
  DigestContent,
  DigestOptions,
  DigestStream,
  DigestStreamOptions,
  EngineChoice,
  ExpectedChunkMap,
  FileCheck,
  FileEvidence,
  FoundShardProblem,
  FoundShardSet,
  ManifestCheck,
  ManifestFile,
  ManifestLine,
  ManifestOptions,
  ManifestProblem,
  ModelFormat,
  PageKind,
  ParseManifestOptions,
  PartialFileOptions,
  ReadingOptions,
  RepairOptions,
  ReplacementBytes,
  ResumableSha256,
  ScanRange,
  Sha256,
  ShardCheck,
  ShardIndexCheck,
  ShardIndexProblem,
  ShardOptions,
  ShardSet,
  ShardSetProblem,
  StreamDigest,
  VerifiedCopy,
  Verifier,
  VerifierOptions,
  VerifyContent,
};
