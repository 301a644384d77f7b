import { expect, it } from 'vitest'
import type { Awaitable, FileStoreOptions, FileSystem, OpenFile, OpenMode } from './index.ts'
import * as store from './index.ts'

/** Every exported type: to remove one is a breaking change, and the type check fails here. */
export type ExportedTypes = [Awaitable<void>, FileStoreOptions, FileSystem, OpenFile, OpenMode]

it('exports these and nothing else', () => {
  expect(Object.keys(store).sort()).toEqual(['createModelDirectory', 'openFileStore'])
})
