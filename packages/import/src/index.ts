export type {
  BundleImportOutcome,
  BundleImportProgress,
  BundleImportReport,
  BundleImportResult,
  BundleImportWait,
} from './bundle/bundle-import-report.ts'
export { type ImportBundleOptions, importBundle } from './bundle/import-bundle.ts'
export type {
  Candidate,
  CandidateFile,
  Companion,
  CompanionRole,
  DeclaredBy,
  DeclaredDigest,
  ScanItem,
} from './candidate/candidate.ts'
export { LAYOUT_NAMES, type LayoutName } from './candidate/layout-name.ts'
export { SCAN_PROBLEM_KINDS, type ScanProblem, type ScanProblemKind } from './candidate/scan-problem.ts'
export { createScanRecord, type ScanRecord } from './disk/scan-record.ts'
export { type FindStoresOptions, findStores } from './places/find-stores.ts'
export type { StorePlace } from './places/store-place.ts'
export { type ImportOptions, importModels } from './register/import-models.ts'
export type {
  ImportOutcome,
  ImportProgress,
  ImportReport,
  ImportResult,
  ReadingModel,
} from './register/import-report.ts'
export { type ScanOptions, scan } from './scan/scan.ts'
