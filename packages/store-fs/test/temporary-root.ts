import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CatalogStore } from '@catalog/types'
import { afterEach, beforeEach } from 'vitest'
import { type FileStoreOptions, openFileStore } from '../src/file-store.ts'
import { ManualTimers } from './manual-timers.ts'

export interface TemporaryRoot {
  readonly path: string
  /**
   * Opens a store, and closes it after the test if the test does not. By default its timers never fire: otherwise a slow
   * machine would find marks in the journal and views on the disk that a fast machine does not.
   */
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
      const store = await openFileStore({ root: path, timers: new ManualTimers(), ...options })
      opened.push(store)
      return store
    },
  }
}
