// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

import {
  FileKind,
  Fingerprint,
  CatalogErrorDetails,
  CatalogError,
  Clock,
  CatalogStore,
  PruneOptions,
  PrunedHistory,
  HistoryReport,
  CatalogCopy,
} from '@catalog/types';

type Awaitable<T> = T | Promise<T>;
type OpenMode = 'read' | 'append' | 'create' | 'create-new';
interface FileStatus {
    readonly size: number;
    readonly ino: number;
    readonly nlink: number;
}
interface OpenFile {
    status(): Awaitable<FileStatus>;
    isNamed(): Awaitable<boolean>;
    read(buffer: Uint8Array, position: number): Awaitable<number>;
    append(bytes: Uint8Array): Awaitable<number>;
    rewrite(bytes: Uint8Array, position: number): Awaitable<void>;
    sync(): Awaitable<void>;
    close(): Awaitable<void>;
}
interface FileSystem {
    open(path: string, mode: OpenMode): Awaitable<OpenFile>;
    makeDirectory(path: string): Awaitable<string | undefined>;
    list(path: string): Awaitable<readonly string[]>;
    link(from: string, to: string): Awaitable<void>;
    rename(from: string, to: string): Awaitable<void>;
    remove(path: string): Awaitable<void>;
    ageMs(path: string): Awaitable<number>;
    syncDirectory(path: string): Awaitable<void>;
    watchDirectory?(path: string, listener: () => void): DirectoryWatch;
    kindOf?(path: string): Awaitable<FileKind | undefined>;
    fingerprintOf?(path: string): Awaitable<Fingerprint | undefined>;
    typeOf?(path: string): Awaitable<number>;
}
interface DirectoryWatch {
    close(): void;
}

interface Timers {
    after(delayMs: number, work: () => void): () => void;
    nowMs(): number;
}

interface RecoveryReport {
    readonly tornLines: number;
    readonly dropped: DroppedTail | undefined;
    readonly removedFiles: readonly string[];
    readonly damage: CatalogErrorDetails['DAMAGED'] | undefined;
    readonly newerView: NewerView | undefined;
    readonly linkedFiles: readonly string[];
}
interface NewerView {
    readonly path: string;
    readonly keptFile: string | undefined;
    readonly revision: number;
    readonly head: number;
}
interface DroppedTail {
    readonly path: string;
    readonly offset: number;
    readonly records: number;
}

interface FileStoreOptions {
    readonly root: string;
    readonly readOnly?: boolean | undefined;
    readonly create?: boolean | undefined;
    readonly intactPrefix?: boolean | undefined;
    readonly onlyWriter?: boolean | undefined;
    readonly onRecovery?: ((report: RecoveryReport) => void) | undefined;
    readonly onStaleView?: ((error: CatalogError) => void) | undefined;
    readonly clock?: Clock | undefined;
    readonly segmentBytes?: number | undefined;
    readonly disk?: FileSystem | undefined;
    readonly timers?: Timers | undefined;
}

declare function openFileStore(given: FileStoreOptions): Promise<CatalogStore>;

interface DiskPruneOptions extends PruneOptions {
    readonly disk?: FileSystem | undefined;
}
declare function pruneHistory(root: string, options?: DiskPruneOptions): Promise<PrunedHistory>;

interface VerifyOptions {
    readonly disk?: FileSystem | undefined;
}
declare function verifyHistory(root: string, options?: VerifyOptions): Promise<HistoryReport>;

declare function openFileCopy(root: string): Promise<CatalogCopy>;

interface RepairOptions {
    readonly clock?: Clock | undefined;
    readonly onlyWriter?: boolean | undefined;
    readonly disk?: FileSystem | undefined;
}
interface RepairReport {
    readonly segment: number;
    readonly keptFiles: readonly string[];
    readonly recordsKept: number;
    readonly recordsLost: number;
    readonly idsAffected: readonly string[];
}
declare function repairCatalog(root: string, options?: RepairOptions): Promise<RepairReport>;

export {
  openFileCopy,
  openFileStore,
  pruneHistory,
  repairCatalog,
  verifyHistory,
};
export type {
  Awaitable,
  DirectoryWatch,
  DroppedTail,
  FileStoreOptions,
  FileSystem,
  NewerView,
  OpenFile,
  OpenMode,
  RecoveryReport,
  RepairOptions,
  RepairReport,
};
