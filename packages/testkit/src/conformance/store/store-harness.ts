import type { CatalogStore } from '@catalog/types'
import { useHarness } from '../../setup/use-harness.ts'

/** What a store may lack. The tests that need it are not declared then. */
export type StoreCapability =
  /** `openReadOnly`. */
  | 'read-only'
  /** `fillUp`. */
  | 'no-space'
  /** `openPrunable`. */
  | 'pruning'

/** One new catalog, which a test may open several times, also at once. */
export interface StoreHarness {
  /** Opens a store on the catalog; the first call creates it. */
  open(): Promise<CatalogStore>
  /** Whether the catalog outlives the closing of its last store. */
  readonly reopenIsDurable: boolean
  /** Opens the existing catalog so that every change rejects with READ_ONLY. */
  openReadOnly?(): Promise<CatalogStore>
  /**
   * Makes every commit of every open store, and of every store opened later, reject with NO_SPACE. Returns a
   * function that makes space again.
   */
  fillUp?(): Promise<() => Promise<void>>
  /** Opens the catalog so that sixty small commits make a history of which `pruneHistory` removes a part. */
  openPrunable?(): Promise<CatalogStore>
  /** Removes what the catalog left behind; all stores are closed by then. */
  dispose(): Promise<void>
}

/** Called once for each test. */
export type CreateStoreHarness = () => Promise<StoreHarness>

/** Options of the suite for stores. */
export interface ConformanceOptions {
  /** The capabilities that the store lacks. Default: none. */
  readonly lacks?: readonly StoreCapability[]
  /** How many random histories the model-based test runs; default: scaled by `CATALOG_RUNS`. */
  readonly numRuns?: number
  /** Repeats the random histories of an earlier failure. */
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
    return this.#keep(await this.#harness.open())
  }

  async openReadOnly(): Promise<CatalogStore> {
    return this.#keep(await required('openReadOnly', this.#harness.openReadOnly?.()))
  }

  async openPrunable(): Promise<CatalogStore> {
    return this.#keep(await required('openPrunable', this.#harness.openPrunable?.()))
  }

  async fillUp(): Promise<() => Promise<void>> {
    return await required('fillUp', this.#harness.fillUp?.())
  }

  async close(store: CatalogStore): Promise<void> {
    this.#opened.delete(store)
    await store.close()
  }

  async dispose(): Promise<void> {
    for (const store of this.#opened) await this.close(store)
    await this.#harness.dispose()
  }

  #keep(store: CatalogStore): CatalogStore {
    this.#opened.add(store)
    return store
  }
}

function required<Made>(name: string, made: Made | undefined): Made {
  if (made === undefined) throw new Error(`the harness has no ${name}, and the options do not say so`)
  return made
}

/** Gives every test of the current `describe` a fresh catalog, and takes it away afterwards. */
export function useCatalog(createHarness: CreateStoreHarness): () => CatalogFixture {
  return useHarness(async () => new CatalogFixture(await createHarness()))
}
