import { expect, it } from 'vitest'
import type {
  BeginDownloadOptions,
  CatalogPolicy,
  CatalogPorts,
  DownloadFile,
  DownloadOptions,
  FinishDownloadOptions,
  LeaseOptions,
  Leftover,
  ModelDownload,
  ModelLease,
  NoDownload,
  OpenModel,
  ReferencedFile,
  RenewDownloadOptions,
  RenewLeaseOptions,
  ResolvedModel,
  TimeSpan,
  TransitionRule,
  VerifyOptions,
  WaitOptions,
  WriteOptions,
} from './index.ts'
import * as core from './index.ts'

/** Does not compile once an exported type is gone. */
export type ExportedTypes = [
  BeginDownloadOptions,
  CatalogPolicy,
  CatalogPorts,
  DownloadFile,
  DownloadOptions,
  FinishDownloadOptions,
  LeaseOptions,
  Leftover,
  ModelDownload,
  ModelLease,
  NoDownload,
  OpenModel,
  ReferencedFile,
  RenewDownloadOptions,
  RenewLeaseOptions,
  ResolvedModel,
  TimeSpan,
  TransitionRule,
  VerifyOptions,
  WaitOptions,
  WriteOptions,
]

it('exports these and nothing else', () => {
  expect(Object.keys(core).sort()).toEqual([
    'Catalog',
    'MODEL_FILE_EXTENSIONS',
    'TRANSITIONS',
    'canTransition',
    'defaultFileName',
    'evidenceOf',
    'fileReferenceOf',
    'fileReferencesOf',
    'findTransitionRule',
    'hasMatchingEvidence',
    'isMatchingEvidence',
    'parseLeftover',
    'partialPathOf',
    'quarantinePathOf',
  ])
})
