// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

import {
  ModelId,
  StateCounts,
  Catalog,
  ModelEntry as ModelEntry$1,
  LifecycleState,
} from 'model-catalog';
import {
  ModelEntry,
} from '@catalog/types';

interface BundleProgress {
    readonly doneModels: number;
    readonly totalModels: number;
    readonly doneBytes: number;
    readonly totalBytes: number;
}
type BundleOutcome = 'added' | 'updated' | 'known' | 'repaired' | 'left-out' | 'failed';
interface BundledModel {
    readonly id: ModelId;
    readonly outcome: BundleOutcome;
    readonly sizeBytes: number;
    readonly copiedBytes: number;
    readonly error?: unknown;
}
interface ExportedBundle {
    readonly directory: string;
    readonly models: readonly BundledModel[];
    readonly otherStates: StateCounts;
}

interface ExportBundleOptions {
    readonly ids?: readonly string[] | undefined;
    readonly dryRun?: boolean | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((progress: BundleProgress) => void) | undefined;
    readonly onResult?: ((result: BundledModel) => void) | undefined;
}
declare function exportBundle(catalog: Catalog, directory: string, options?: ExportBundleOptions): Promise<ExportedBundle>;

interface ReplaceFileOptions {
    readonly signal?: AbortSignal | undefined;
}
declare function replaceFile(path: string, text: string, options?: ReplaceFileOptions): Promise<void>;

type SharedBy = 'reflink' | 'symlink';

declare function formatCatalog(entries: readonly ModelEntry[]): string;

interface CycloneDxOptions {
    readonly at?: Date | undefined;
}
declare function formatCycloneDx(entries: readonly ModelEntry$1[], options?: CycloneDxOptions): Promise<string>;

interface ExportedModel {
    readonly entry: ModelEntry$1;
    readonly path: string;
}

interface Sha256SumsOptions {
    readonly directory?: string | undefined;
}
declare function formatSha256Sums(models: readonly ExportedModel[], options?: Sha256SumsOptions): string;

declare const EXPORT_LAYOUTS: readonly ["llama.cpp", "ollama", "huggingface"];
type ExportLayout = (typeof EXPORT_LAYOUTS)[number];

interface ExportLayoutOptions {
    readonly layout: ExportLayout;
    readonly directory: string;
    readonly signal?: AbortSignal | undefined;
}
interface ExportedLayout {
    readonly id: ModelId;
    readonly layout: ExportLayout;
    readonly directory: string;
    readonly model: string;
    readonly sharedBy?: SharedBy;
}
declare function exportLayout(catalog: Catalog, id: string, options: ExportLayoutOptions): Promise<ExportedLayout>;

interface FindModelsOptions {
    readonly ids?: readonly string[] | undefined;
    readonly states?: readonly LifecycleState[] | undefined;
}
declare function findModels(catalog: Catalog, { ids, states }?: FindModelsOptions): Promise<readonly ExportedModel[]>;

export {
  EXPORT_LAYOUTS,
  exportBundle,
  exportLayout,
  findModels,
  formatCatalog,
  formatCycloneDx,
  formatSha256Sums,
  replaceFile,
};
export type {
  BundleOutcome,
  BundleProgress,
  BundledModel,
  CycloneDxOptions,
  ExportBundleOptions,
  ExportLayout,
  ExportLayoutOptions,
  ExportedBundle,
  ExportedLayout,
  ExportedModel,
  FindModelsOptions,
  ReplaceFileOptions,
  Sha256SumsOptions,
  SharedBy,
};
