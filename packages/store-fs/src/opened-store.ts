import { toDiskError } from '@catalog/system-calls'
import {
  type Attribution,
  CatalogError,
  type CatalogErrorCode,
  type CatalogStore,
  type CatalogTotals,
  type Commit,
  type CommitOutcome,
  type CommittedChange,
  type HistoryReport,
  type HistorySize,
  isCatalogError,
  type ListQuery,
  type ModelEntry,
  type ModelId,
  type PrunedHistory,
  type PruneOptions,
  type RemovedModel,
  type SettingsChange,
  type SettingsOutcome,
  type StateCounts,
  type StoredSettings,
  type WatchOptions,
} from '@catalog/types'
import { checkSettingsChange } from '@catalog/types/adapter'
import type { FileSystem } from './disk/file-system.ts'
import type { Timers } from './disk/timers.ts'
import type { FileNames } from './format/file-names.ts'
import { readHistory } from './history/history.ts'
import { measureHistory } from './history/measure-history.ts'
import type { ModelHistories } from './history/model-histories.ts'
import { pruneHistory } from './history/prune-history.ts'
import { verifyHistoryAt } from './history/verify-history.ts'
import type { Journal } from './journal/journal.ts'
import { adoptEditAtOpening } from './journal-view.ts'
import { StoreWriter } from './store-writer.ts'
import type { ViewWriter } from './view/view-writer.ts'
import type { ChangeFeed } from './watch/change-feed.ts'
import { Watch } from './watch/watch.ts'

interface OpenedStoreParts {
  readonly disk: FileSystem
  readonly names: FileNames
  readonly journal: Journal
  /** Undefined where the store only reads. */
  readonly view: ViewWriter | undefined
  readonly feed: ChangeFeed
  readonly histories: ModelHistories
  readonly timers: Timers
  /** Told while closing that the disk did not take the view. */
  readonly onStaleView: ((error: CatalogError) => void) | undefined
}

/** What only the disk is to blame for. Anything else about a view is for a person to decide. */
const OF_DISK: readonly CatalogErrorCode[] = ['NO_SPACE', 'READ_ONLY', 'IO']

/** A catalog that is open: reads are of the state that the journal makes, commits go into it. */
export class OpenedStore implements CatalogStore {
  /** Its root is on one machine, or on one file system that several mount. */
  readonly isShared = false
  readonly #parts: OpenedStoreParts
  readonly #journal: Journal
  readonly #writer: StoreWriter
  /** What reads the history, from files of its own: none is still open once the store is closed. */
  readonly #reading: Set<Promise<unknown>> = new Set()
  #closing: Promise<void> | undefined
  /** The check of freshness that is about to be made. */
  #checking: Promise<void> | undefined

  constructor(parts: OpenedStoreParts) {
    this.#parts = parts
    this.#journal = parts.journal
    this.#writer = new StoreWriter(parts.journal, parts.timers)
  }

  /** Commits what was done to the view by hand; the journal is closed again where that needs a person. */
  async start(tell: () => void): Promise<void> {
    const { view } = this.#parts
    try {
      if (view !== undefined) await adoptEditAtOpening(view)
      tell()
    } catch (error) {
      await this.#journal.close()
      throw error
    }
    view?.touch('foreign')
  }

  async get(id: ModelId): Promise<ModelEntry | undefined> {
    await this.#read()
    return this.#journal.state.get(id)?.entry()
  }

  async list(query: ListQuery): Promise<readonly ModelEntry[]> {
    await this.#read()
    return this.#journal.state.list(query)
  }

  async count(query: ListQuery): Promise<number> {
    await this.#read()
    return this.#journal.state.count(query)
  }

  async counts(): Promise<StateCounts> {
    await this.#read()
    return this.#journal.state.counts()
  }

  async removed(): Promise<readonly RemovedModel[]> {
    await this.#read()
    return [...this.#journal.state.tombstones()].map(({ id, revision }) => ({ id: id as ModelId, revision }))
  }

  async settings(): Promise<StoredSettings> {
    await this.#read()
    return this.#journal.state.storedSettings()
  }

  async totals(): Promise<CatalogTotals> {
    await this.#read()
    return this.#journal.state.totals(this.#journal.head[0])
  }

  changes(since: number, only?: ModelId): Promise<readonly CommittedChange[]> {
    return this.#beforeClosing(() => this.#readChanges(since, only))
  }

  watch(options: WatchOptions = {}): AsyncIterableIterator<CommittedChange> {
    return new Watch({ ...this.#parts, refresh: () => this.refresh() }, options)
  }

  async refresh(): Promise<number> {
    await this.#read()
    return this.#journal.head[0]
  }

  verifyHistory(): Promise<HistoryReport> {
    const { disk, names } = this.#parts
    return this.#beforeClosing(async () => {
      this.#assertOpen()
      return await verifyHistoryAt(disk, names)
    })
  }

  measureHistory(): Promise<HistorySize> {
    const { disk, names } = this.#parts
    return this.#beforeClosing(async () => {
      this.#assertOpen()
      try {
        return await measureHistory(disk, names)
      } catch (error) {
        throw toDiskError(error, 'measure', names.directory)
      }
    })
  }

  pruneHistory(options: PruneOptions = {}): Promise<PrunedHistory> {
    const { disk, names } = this.#parts
    return this.#beforeClosing(async () => {
      this.#assertOpen()
      this.#assertWritable()
      return await pruneHistory(names.root, { ...options, disk })
    })
  }

  async commit(commits: readonly Commit[]): Promise<readonly CommitOutcome[]> {
    this.#assertOpen()
    this.#assertWritable()
    return await this.#writer.commit(commits)
  }

  changeSettings(change: SettingsChange & Attribution): Promise<SettingsOutcome> {
    return this.#beforeClosing(async () => {
      this.#assertOpen()
      this.#assertWritable()
      checkSettingsChange(change)
      await this.#read()
      return await this.#writer.changeSettings(change)
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { view, names } = this.#parts
    await this.#parts.feed.close()
    await this.#writer.idle()
    await Promise.allSettled(this.#reading)
    // One after the other, and the second also where the first fails: it waits for what it has under way.
    const [marked] = await Promise.allSettled([this.#writer.endMark()])
    const [viewed] = await Promise.allSettled([view?.close()])
    await this.#closeJournal()
    const failed = [viewed, marked].find((step) => step.status === 'rejected')
    // A store that only read may stand in a directory that it cannot write.
    if (failed !== undefined && this.#writer.hasCommitted) {
      this.#tellStale(toDiskError(failed.reason, 'write the view of', names.root))
    }
  }

  /** All that was acknowledged stands in the journal: a view that is behind does not fail the changes. */
  #tellStale(error: unknown): void {
    if (!isCatalogError(error) || !OF_DISK.includes(error.code)) throw error
    this.#parts.onStaleView?.(error)
  }

  async #closeJournal(): Promise<void> {
    try {
      await this.#journal.close()
    } catch (error) {
      throw toDiskError(error, 'close', this.#journal.path)
    }
  }

  /**
   * The freshness check in front of every read. What is asked for in one turn shares one check, which is made after the last
   * of it was asked for.
   */
  async #read(): Promise<void> {
    this.#assertOpen()
    this.#checking ??= Promise.resolve().then(() => {
      this.#checking = undefined
      return this.#check()
    })
    await this.#checking
  }

  /** One `fstat`, and a replay of what others have added. */
  async #check(): Promise<void> {
    try {
      const isCurrent = this.#journal.isCurrent()
      if (isCurrent === true || (await isCurrent)) return
      await this.#journal.catchUp()
    } catch (error) {
      throw toDiskError(error, 'read', this.#journal.path)
    }
  }

  async #readChanges(since: number, only?: ModelId): Promise<readonly CommittedChange[]> {
    await this.#read()
    const { disk, names, histories } = this.#parts
    try {
      if (since === 0 && only !== undefined) return await histories.of(only)
      return await readHistory(disk, names, since, only)
    } catch (error) {
      throw toDiskError(error, 'read', names.directory)
    }
  }

  /** Work on files of its own: the store is closed when that is done. */
  #beforeClosing<T>(work: () => Promise<T>): Promise<T> {
    const running = work().finally(() => this.#reading.delete(running))
    this.#reading.add(running)
    return running
  }

  #assertWritable(): void {
    if (this.#parts.view !== undefined) return
    const path = this.#parts.names.root
    throw new CatalogError('READ_ONLY', `the catalog in ${path} is open read-only`, { path })
  }

  #assertOpen(): void {
    if (this.#closing !== undefined)
      throw new CatalogError('CLOSED', 'the store is closed', { what: 'store' })
  }
}
