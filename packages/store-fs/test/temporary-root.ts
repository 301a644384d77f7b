import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CatalogStore } from '@catalog/types'
import { afterEach, beforeEach } from 'vitest'
import { type FileStoreOptions, openFileStore } from '../src/file-store.ts'

export interface TemporaryRoot {
  readonly path: string
  /** Opens a store that is closed, if the test has not done so, when the test ends. */
  open(options?: Partial<FileStoreOptions>): Promise<CatalogStore>
  at(...names: string[]): string
}

/** A fresh directory for each test of the current `describe`. */
export function useTemporaryRoot(): TemporaryRoot {
  let path = ''
  let opened: CatalogStore[] = []
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'catalog-store-'))
    opened = []
  })
  afterEach(async () => {
    await Promise.allSettled(opened.map((store) => store.close()))
    await rm(path, { recursive: true, force: true })
  })
  return {
    get path() {
      return path
    },
    at: (...names) => join(path, ...names),
    async open(options = {}) {
      const store = await openFileStore({ root: path, ...options })
      opened.push(store)
      return store
    },
  }
}
