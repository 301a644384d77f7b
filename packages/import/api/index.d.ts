// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

import {
  BundleModel,
  BundleProblem,
} from '@catalog/types';
import {
  ModelEntry,
  WriteOptions,
  Catalog,
} from 'model-catalog';

type BundleImportOutcome = 'added' | 'updated' | 'known' | 'verified' | 'wrong' | 'failed';
interface BundleImportResult {
    readonly model: BundleModel;
    readonly outcome: BundleImportOutcome;
    readonly entry?: ModelEntry;
    readonly error?: unknown;
}
interface BundleImportProgress {
    readonly doneModels: number;
    readonly totalModels: number;
    readonly doneBytes: number;
    readonly totalBytes: number;
}
interface BundleImportWait {
    readonly id: string;
    readonly waitMs: number;
}
interface BundleImportReport {
    readonly directory: string;
    readonly results: readonly BundleImportResult[];
    readonly problems: readonly BundleProblem[];
    readonly unnamed: readonly string[];
    readonly isUnfinished: boolean;
}

interface ImportBundleOptions extends Pick<WriteOptions, 'actor' | 'reason'> {
    readonly ids?: readonly string[] | undefined;
    readonly to?: string | undefined;
    readonly inPlace?: boolean | undefined;
    readonly keepOrigins?: boolean | undefined;
    readonly dryRun?: boolean | undefined;
    readonly forMs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((progress: BundleImportProgress) => void) | undefined;
    readonly onResult?: ((result: BundleImportResult) => void) | undefined;
    readonly onWait?: ((wait: BundleImportWait) => void) | undefined;
}
declare function importBundle(catalog: Catalog, directory: string, options?: ImportBundleOptions): Promise<BundleImportReport>;

declare const LAYOUT_NAMES: readonly ["ollama", "huggingface", "huggingface-local", "llama.cpp", "lm-studio", "docker-model-runner", "oci", "kitops", "ramalama", "jan", "cortex", "comfyui", "a1111", "invokeai", "modelscope", "plain"];
type LayoutName = (typeof LAYOUT_NAMES)[number];

declare const SCAN_PROBLEM_KINDS: readonly ["unreadable", "not-utf8", "too-many", "dangling-link", "link-loop", "link-out-of-store", "not-a-file", "broken-manifest", "missing-file", "wrong-size", "wrong-git-blob", "incomplete", "changed-since", "no-weights", "pointer-file", "unusable-layer", "unusable-digest", "unsigned-file", "unusable-name"];
type ScanProblemKind = (typeof SCAN_PROBLEM_KINDS)[number];
interface ScanProblem {
    readonly kind: ScanProblemKind;
    readonly layout: LayoutName;
    readonly path: string;
    readonly text: string;
    readonly model?: string;
}

type DeclaredBy = 'hub' | 'registry' | 'list' | 'name';
interface DeclaredDigest {
    readonly digest: string;
    readonly origin: DeclaredBy;
    readonly declaredIn: string;
}
interface CandidateFile {
    readonly path: string;
    readonly sizeBytes: number;
    readonly declared?: DeclaredDigest;
    readonly gitBlobId?: string;
}
type CompanionRole = 'adapter' | 'configuration' | 'draft' | 'license' | 'projector' | 'template' | 'other';
interface Companion {
    readonly path: string;
    readonly role: CompanionRole;
    readonly sizeBytes: number;
}
interface Candidate {
    readonly layout: LayoutName;
    readonly store: string;
    readonly id: string;
    readonly name: string;
    readonly otherNames: readonly string[];
    readonly source: string;
    readonly location: string;
    readonly linksInto?: string;
    readonly declared?: DeclaredDigest;
    readonly gitBlobId?: string;
    readonly files?: readonly CandidateFile[];
    readonly sizeBytes: number;
    readonly companions: readonly Companion[];
    readonly problems: readonly ScanProblem[];
}
type ScanItem = {
    readonly kind: 'candidate';
    readonly candidate: Candidate;
} | {
    readonly kind: 'problem';
    readonly problem: ScanProblem;
};

interface ScanRecord {
    note(path: string): Promise<void>;
    isCurrent(): Promise<boolean>;
}
declare function createScanRecord(): ScanRecord;

interface StorePlace {
    readonly layout: LayoutName;
    readonly path: string;
    readonly because: string;
}

interface FindStoresOptions {
    readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
    readonly platform?: NodeJS.Platform | undefined;
    readonly home?: string | undefined;
}
declare function findStores(options?: FindStoresOptions): Promise<readonly StorePlace[]>;

type ImportOutcome = 'added' | 'updated' | 'known' | 'verified' | 'wrong' | 'failed';
interface ImportResult {
    readonly candidate: Candidate;
    readonly id: string;
    readonly outcome: ImportOutcome;
    readonly entry?: ModelEntry;
    readonly error?: unknown;
    readonly problem?: ScanProblem;
}
interface ImportProgress {
    readonly doneModels: number;
    readonly totalModels: number;
    readonly doneBytes: number;
    readonly totalBytes: number;
    readonly reading: readonly ReadingModel[];
}
interface ReadingModel {
    readonly id: string;
    readonly doneBytes: number;
    readonly totalBytes: number;
}
interface ImportReport {
    readonly results: readonly ImportResult[];
    readonly gone: readonly ModelEntry[];
}

interface ImportOptions extends Pick<WriteOptions, 'actor' | 'reason'> {
    readonly verify?: boolean | undefined;
    readonly parallel?: number | undefined;
    readonly stores?: readonly string[] | undefined;
    readonly only?: readonly LayoutName[] | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
    readonly onResult?: ((result: ImportResult) => void) | undefined;
}
declare function importModels(catalog: Catalog, candidates: readonly Candidate[], options?: ImportOptions): Promise<ImportReport>;

interface ScanOptions {
    readonly only?: readonly LayoutName[] | undefined;
    readonly record?: ScanRecord | undefined;
    readonly signal?: AbortSignal | undefined;
}
declare function scan(directory: string, options?: ScanOptions): AsyncGenerator<ScanItem, void>;

export {
  LAYOUT_NAMES,
  SCAN_PROBLEM_KINDS,
  createScanRecord,
  findStores,
  importBundle,
  importModels,
  scan,
};
export type {
  BundleImportOutcome,
  BundleImportProgress,
  BundleImportReport,
  BundleImportResult,
  BundleImportWait,
  Candidate,
  CandidateFile,
  Companion,
  CompanionRole,
  DeclaredBy,
  DeclaredDigest,
  FindStoresOptions,
  ImportBundleOptions,
  ImportOptions,
  ImportOutcome,
  ImportProgress,
  ImportReport,
  ImportResult,
  LayoutName,
  ReadingModel,
  ScanItem,
  ScanOptions,
  ScanProblem,
  ScanProblemKind,
  ScanRecord,
  StorePlace,
};
