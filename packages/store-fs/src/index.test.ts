import { expect, it } from 'vitest'
import type {
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
} from './index.ts'
import * as store from './index.ts'

/** Every exported type: to remove one is a breaking change, and the type check fails here. */
export type ExportedTypes = [
  Awaitable<void>,
  DirectoryWatch,
  DroppedTail,
  NewerView,
  FileStoreOptions,
  FileSystem,
  OpenFile,
  OpenMode,
  RecoveryReport,
  RepairOptions,
  RepairReport,
]

it('exports these and nothing else', () => {
  expect(Object.keys(store).sort()).toEqual([
    'openFileCopy',
    'openFileStore',
    'pruneHistory',
    'repairCatalog',
    'verifyHistory',
  ])
})
