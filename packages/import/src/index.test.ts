import { expect, it } from 'vitest'
import type {
  Candidate,
  CandidateFile,
  Companion,
  CompanionRole,
  DeclaredBy,
  DeclaredDigest,
  FindStoresOptions,
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
} from './index.ts'
import * as imports from './index.ts'

/** Every exported type: to remove one is a breaking change, and the type check fails here. */
export type ExportedTypes = [
  Candidate,
  CandidateFile,
  Companion,
  CompanionRole,
  DeclaredBy,
  DeclaredDigest,
  FindStoresOptions,
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
]

it('the package exports these and nothing else', () => {
  expect(Object.keys(imports).sort()).toEqual([
    'LAYOUT_NAMES',
    'SCAN_PROBLEM_KINDS',
    'createScanRecord',
    'findStores',
    'importModels',
    'scan',
  ])
})
