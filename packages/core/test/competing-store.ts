import type {
  CatalogStore,
  CatalogTotals,
  Commit,
  CommitOutcome,
  CommittedChange,
  HistoryReport,
  HistorySize,
  ListQuery,
  ModelEntry,
  ModelId,
  PrunedHistory,
  PruneOptions,
  RemovedModel,
  SettingsChange,
  SettingsOutcome,
  StateCounts,
  StoredSettings,
  WatchOptions,
} from '@catalog/types'

/** A store on which others are faster: what is queued happens right before a commit of ours. */
export class CompetingStore implements CatalogStore {
  readonly isShared: boolean
  readonly #store: CatalogStore
  readonly #competitors: (() => Promise<unknown>)[] = []
  #always: () => void = () => undefined
  commits = 0

  constructor(store: CatalogStore) {
    this.isShared = store.isShared
    this.#store = store
  }

  beforeNextCommit(compete: () => Promise<unknown>): void {
    this.#competitors.push(compete)
  }

  beforeEachCommit(check: () => void): void {
    this.#always = check
  }

  async commit(commits: readonly Commit[]): Promise<readonly CommitOutcome[]> {
    this.commits += 1
    await this.#competitors.shift()?.()
    this.#always()
    return this.#store.commit(commits)
  }

  get(id: ModelId): Promise<ModelEntry | undefined> {
    return this.#store.get(id)
  }

  list(query: ListQuery): Promise<readonly ModelEntry[]> {
    return this.#store.list(query)
  }

  count(query: ListQuery): Promise<number> {
    return this.#store.count(query)
  }

  counts(): Promise<StateCounts> {
    return this.#store.counts()
  }

  removed(): Promise<readonly RemovedModel[]> {
    return this.#store.removed()
  }

  totals(): Promise<CatalogTotals> {
    return this.#store.totals()
  }

  settings(): Promise<StoredSettings> {
    return this.#store.settings()
  }

  async changeSettings(change: SettingsChange): Promise<SettingsOutcome> {
    await this.#competitors.shift()?.()
    return this.#store.changeSettings(change)
  }

  changes(...args: Parameters<CatalogStore['changes']>): Promise<readonly CommittedChange[]> {
    return this.#store.changes(...args)
  }

  watch(options?: WatchOptions): AsyncIterableIterator<CommittedChange> {
    return this.#store.watch(options)
  }

  verifyHistory(): Promise<HistoryReport> {
    return this.#store.verifyHistory()
  }

  measureHistory(): Promise<HistorySize> {
    return this.#store.measureHistory()
  }

  pruneHistory(options?: PruneOptions): Promise<PrunedHistory> {
    return this.#store.pruneHistory(options)
  }

  refresh(): Promise<number> {
    return this.#store.refresh()
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}
