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
export { type ScanOptions, scan } from './scan/scan.ts'
