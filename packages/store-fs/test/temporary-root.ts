import { type TemporaryDirectory, useTemporaryDirectory } from '@catalog/testkit'
import type { CatalogStore } from '@catalog/types'
import { afterEach } from 'vitest'
import { type FileStoreOptions, openFileStore } from '../src/file-store.ts'
import { ManualTimers } from './manual-timers.ts'

export interface TemporaryRoot extends TemporaryDirectory {
  /**
   * Opens a store, and closes it after the test if the test does not. By default its timers never fire: otherwise a slow
   * machine would find marks in the journal and views on the disk that a fast machine does not.
   */
  open(options?: Partial<FileStoreOptions>): Promise<CatalogStore>
}

/** A fresh directory for each test of the current `describe`. */
export function useTemporaryRoot(): TemporaryRoot {
  const directory = useTemporaryDirectory()
  let opened: CatalogStore[] = []
  // Before the directory goes: hooks that tidy up run in reverse order.
  afterEach(async () => {
    await Promise.allSettled(opened.map((store) => store.close()))
    opened = []
  })
  return {
    get path() {
      return directory.path
    },
    at: directory.at,
    async open(options = {}) {
      const store = await openFileStore({ root: directory.path, timers: new ManualTimers(), ...options })
      opened.push(store)
      return store
    },
  }
}
