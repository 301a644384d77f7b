export type {
  Awaitable,
  DirectoryWatch,
  FileSystem,
  OpenFile,
  OpenMode,
} from './disk/file-system.ts'
export { type FileStoreOptions, openFileStore } from './file-store.ts'
export { pruneHistory } from './history/prune-history.ts'
export { verifyHistory } from './history/verify-history.ts'
export type { DroppedTail, NewerView, RecoveryReport } from './journal/recovery-report.ts'
export { openFileCopy } from './open-file-copy.ts'
export { type RepairOptions, type RepairReport, repairCatalog } from './repair/repair-catalog.ts'
