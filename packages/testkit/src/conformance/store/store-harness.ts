import type { CatalogStore } from '@catalog/types'
import { afterEach, beforeEach } from 'vitest'

/** One fresh catalog, which a test may open several times, also at once. */
export interface StoreHarness {
  open(): Promise<CatalogStore>
  /** Whether the catalog outlives the closing of its last store. */
  readonly reopenIsDurable: boolean
  /** Removes what the catalog left behind; all stores are closed by then. */
  dispose(): Promise<void>
}

/** Called once for each test. */
export type CreateStoreHarness = () => Promise<StoreHarness>

export interface ConformanceOptions {
  /** How many random histories the model-based test plays; by default as many as `CATALOG_RUNS` asks for. */
  readonly numRuns?: number
  /** Plays the histories of an earlier failure again. */
  readonly seed?: number
}

/** A catalog for a test, with the stores that are still open on it. */
export class CatalogFixture {
  readonly #harness: StoreHarness
  readonly #opened: Set<CatalogStore> = new Set()

  constructor(harness: StoreHarness) {
    this.#harness = harness
  }

  get reopenIsDurable(): boolean {
    return this.#harness.reopenIsDurable
  }

  async open(): Promise<CatalogStore> {
    const store = await this.#harness.open()
    this.#opened.add(store)
    return store
  }

  async close(store: CatalogStore): Promise<void> {
    this.#opened.delete(store)
    await store.close()
  }

  async dispose(): Promise<void> {
    for (const store of this.#opened) await this.close(store)
    await this.#harness.dispose()
  }
}

/** Gives every test of the current `describe` a fresh catalog, and takes it away afterwards. */
export function useCatalog(createHarness: CreateStoreHarness): () => CatalogFixture {
  let fixture: CatalogFixture | undefined
  beforeEach(async () => {
    fixture = new CatalogFixture(await createHarness())
  })
  afterEach(async () => {
    await fixture?.dispose()
    fixture = undefined
  })
  return () => {
    if (fixture === undefined) throw new Error('a catalog is there only while a test runs')
    return fixture
  }
}
