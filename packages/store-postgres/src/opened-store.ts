import {
  type Attribution,
  CatalogError,
  type CatalogStore,
  type CatalogTotals,
  type Clock,
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
import { type CheckedCommit, checkSettingsChange, decodeSettings } from '@catalog/types/adapter'
import { defineOptionalOptions, type OptionsParser, optionsSchema, pruneShape } from '@catalog/types/schema'
import { Committer, toOutcome } from './commit/committer.ts'
import { assertFitsCall, encodeCommit, encodeSettingsCommit } from './commit/encode-commit.ts'
import type { Database } from './connection/database.ts'
import { measureHistory, pruneHistory } from './history/prune-history.ts'
import { readChanges } from './history/read-changes.ts'
import { readHead, type SeenHistory } from './history/seen-history.ts'
import { verifyHistory } from './history/verify-history.ts'
import { CatalogReading } from './query/catalog-reading.ts'
import { EntryReader } from './query/entry-reader.ts'
import { readSettings } from './query/settings-reader.ts'
import { readTotals } from './query/totals-reader.ts'
import type { FoundCatalog } from './schema/migrate.ts'
import type { QuotedSchema } from './schema/schema-name.ts'
import { ChangeFeed, type ListeningConnections } from './watch/change-feed.ts'
import { Watch } from './watch/watch.ts'
import { holdCommits, waitForStarts } from './watch/watch-starts.ts'

export interface OpenedStoreParts {
  readonly database: Database
  readonly schema: QuotedSchema
  readonly catalog: FoundCatalog
  readonly readOnly: boolean
  readonly clock: Clock
  readonly segmentLength: number
  readonly pollMs: number
  readonly listening: (() => ListeningConnections) | undefined
}

const parsePruneOptions: OptionsParser<PruneOptions> = defineOptionalOptions<PruneOptions>(
  optionsSchema(pruneShape),
)

/** A catalog in PostgreSQL that is open. It holds no state: each read is a statement. */
export class OpenedStore implements CatalogStore {
  readonly isShared = true
  readonly #parts: OpenedStoreParts
  readonly #reading: CatalogReading
  readonly #entries: EntryReader
  readonly #committer: Committer
  readonly #feed: ChangeFeed
  readonly #watches: Set<Watch> = new Set()
  /** What is under way: the store is closed once all of it has ended. */
  readonly #running: Set<Promise<unknown>> = new Set()
  #closing: Promise<void> | undefined

  constructor(parts: OpenedStoreParts) {
    const { database, schema, catalog, listening, pollMs } = parts
    this.#parts = parts
    this.#reading = new CatalogReading(database, schema, catalog)
    this.#entries = new EntryReader(this.#reading)
    this.#committer = new Committer(database, schema, catalog)
    this.#feed = new ChangeFeed({
      ...{ listening, pollMs, channel: `catalog_${catalog.id}` },
      readHead: () => readHead(this.#reading),
    })
  }

  get(id: ModelId): Promise<ModelEntry | undefined> {
    return this.#run(() => this.#entries.get(id))
  }

  list(query: ListQuery): Promise<readonly ModelEntry[]> {
    return this.#run(() => this.#entries.list(query))
  }

  count(query: ListQuery): Promise<number> {
    return this.#run(() => this.#entries.count(query))
  }

  counts(): Promise<StateCounts> {
    return this.#run(() => this.#entries.counts())
  }

  removed(): Promise<readonly RemovedModel[]> {
    return this.#run(() => this.#entries.removed())
  }

  settings(): Promise<StoredSettings> {
    return this.#run(async () => (await readSettings(this.#reading)).settings)
  }

  totals(): Promise<CatalogTotals> {
    return this.#run(() => readTotals(this.#reading))
  }

  changes(since: number, only?: ModelId): Promise<readonly CommittedChange[]> {
    return this.#run(() => readChanges(this.#reading, since, only))
  }

  watch(options: WatchOptions = {}): AsyncIterableIterator<CommittedChange> {
    const parts = { reading: this.#reading, feed: this.#feed, watches: this.#watches }
    const begin = (): Promise<SeenHistory> => {
      const start = this.#run(() => readHead(this.#reading))
      holdCommits(this.#parts.catalog.id, start)
      return start
    }
    const watch = new Watch({ ...parts, begin }, options)
    if (this.#closing !== undefined) watch.fail(createClosed())
    return watch
  }

  refresh(): Promise<number> {
    return this.#run(async () => (await readHead(this.#reading)).position)
  }

  verifyHistory(): Promise<HistoryReport> {
    return this.#run(() => verifyHistory(this.#reading, this.#parts.segmentLength))
  }

  measureHistory(): Promise<HistorySize> {
    return this.#run(() => measureHistory(this.#reading, this.#parts.segmentLength))
  }

  pruneHistory(options?: PruneOptions): Promise<PrunedHistory> {
    return this.#run(async () => {
      this.#assertWritable()
      return await pruneHistory({ ...this.#parts, reading: this.#reading }, parsePruneOptions(options))
    })
  }

  commit(commits: readonly Commit[]): Promise<readonly CommitOutcome[]> {
    return this.#run(async () => {
      this.#assertWritable()
      if (commits.length === 0) return []
      const now = this.#parts.clock.now()
      const encoded = commits.map((commit) => encodeCommit(commit, now))
      assertFitsCall(encoded)
      await waitForStarts(this.#parts.catalog.id)
      const answers = await this.#committer.submit(encoded)
      const { place } = this.#parts.database
      return answers.map((answer, index) =>
        toOutcome(encoded[index]?.checked as CheckedCommit, answer, place),
      )
    })
  }

  changeSettings(change: SettingsChange & Attribution): Promise<SettingsOutcome> {
    return this.#run(async () => {
      this.#assertWritable()
      checkSettingsChange(change)
      const { settings, content: before } = await readSettings(this.#reading)
      // Revisions only grow: what is not there now never will be again.
      if (settings.revision !== change.ifRevision) return { applied: false, foundRevision: settings.revision }
      const { content, ...commit } = encodeSettingsCommit(change, before, this.#parts.clock.now())
      await waitForStarts(this.#parts.catalog.id)
      const [answer] = await this.#committer.submit([commit])
      if (answer !== undefined && 'settings' in answer)
        return { applied: false, foundRevision: answer.settings }
      return { applied: true, settings: decodeSettings(content, change.ifRevision + 1) }
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const watch of this.#watches) watch.fail(createClosed())
    await Promise.allSettled(this.#running)
    for (const watch of this.#watches) this.#feed.leave(watch)
    await this.#feed.idle()
    await this.#parts.database.close().catch(() => undefined)
  }

  /** CLOSED from the moment at which closing begins. */
  #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(createClosed())
    const running = work()
      .catch((error: unknown) => this.#explain(error))
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
    return running
  }

  /** The functions of the database do not tell a catalog that was replaced from one that a newer version has migrated. */
  async #explain(error: unknown): Promise<never> {
    if (isCatalogError(error, 'CATALOG_REPLACED')) await this.#reading.assertSame()
    throw error
  }

  #assertWritable(): void {
    if (!this.#parts.readOnly) return
    const path = this.#parts.database.place
    throw new CatalogError('READ_ONLY', `the catalog at ${path} is open read-only`, { path })
  }
}

function createClosed(): Error {
  return new CatalogError('CLOSED', 'the store is closed', { what: 'store' })
}
