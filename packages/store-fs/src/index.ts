export { type FileStoreOptions, openFileStore } from './file-store.ts'
export type { Awaitable, DirectoryWatch, FileKind, FileSystem, OpenFile, OpenMode } from './file-system.ts'
export { createModelDirectory, type ModelDirectoryOptions, type SymlinkPolicy } from './model-directory.ts'
export { type PrunedHistory, type PruneOptions, pruneHistory, type RemovedFile } from './prune-history.ts'
export type { DroppedTail, RecoveryReport } from './recovery-report.ts'
export { type RepairOptions, type RepairReport, repairCatalog } from './repair-catalog.ts'
export {
  type HistoryProblem,
  type HistoryReport,
  type VerifiedHistory,
  verifyHistory,
} from './verify-history.ts'
