import type { LifecycleState } from '../entry/lifecycle-state.ts'
import type { ModelEntry } from '../entry/model-entry.ts'
import type { ModelId } from '../entry/model-id.ts'
import type { Attribution } from '../input/registration.ts'
import type { ListQuery } from '../query/list-query.ts'
import type { SettingsChange, SettingsOutcome, StoredSettings } from './catalog-settings.ts'
import type { CatalogTotals } from './catalog-totals.ts'
import type { Commit, CommitOutcome, CommittedChange } from './commit.ts'
import type { HistoryReport, HistorySize, PrunedHistory, PruneOptions } from './stored-history.ts'

/** Where a watch begins, and the signal that ends it. */
export interface WatchOptions {
  /** The position after which it begins, from `refresh` or a change; default: now. */
  readonly since?: number | undefined
  /** Ends the watch: its next step rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** A model that is no longer in the catalog. A later one with this id goes on counting from its revision. */
export interface RemovedModel {
  readonly id: ModelId
  /** That of its removal. */
  readonly revision: number
}

/** How many models are in each state. */
export type StateCounts = Readonly<Record<LifecycleState, number>>

/**
 * Reading a catalog. Every call sees all changes that any process had acknowledged before the call was made.
 */
export interface CatalogReader {
  /**
   * The entry of an id; undefined if there is none.
   *
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} CATALOG_REPLACED if the catalog that was opened is no longer at its path
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  get(id: ModelId): Promise<ModelEntry | undefined>
  /**
   * The entries that the query asks for, in its order. `parseListQuery` has checked the query.
   *
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} CATALOG_REPLACED if the catalog that was opened is no longer at its path
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  list(query: ListQuery): Promise<readonly ModelEntry[]>
  /**
   * How many entries match the query's filters; `order`, `after` and `limit` are ignored.
   *
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} CATALOG_REPLACED if the catalog that was opened is no longer at its path
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  count(query: ListQuery): Promise<number>
  /**
   * How many entries are in each state.
   *
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} CATALOG_REPLACED if the catalog that was opened is no longer at its path
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  counts(): Promise<StateCounts>
  /**
   * The models that were removed and not registered again, whether or not the history of that is kept, in any
   * order.
   *
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} CATALOG_REPLACED if the catalog that was opened is no longer at its path
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   */
  removed(): Promise<readonly RemovedModel[]>
  /**
   * The settings that the catalog stores, frozen; at revision 0 and empty if none were ever stored.
   *
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} CATALOG_REPLACED if the catalog that was opened is no longer at its path
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  settings(): Promise<StoredSettings>
  /**
   * What was done in the catalog, as far back as is known, up to the present position. Does not read the
   * history.
   *
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} CATALOG_REPLACED if the catalog that was opened is no longer at its path
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  totals(): Promise<CatalogTotals>
  /**
   * The changes after a position, oldest first, of all models or of one. A change of the settings takes a
   * position too, but is not among them.
   *
   * @param since 0 for all changes that the store still keeps
   *
   * @throws {CatalogError} INVALID_INPUT if changes after the position are no longer kept
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} CATALOG_REPLACED if the catalog that was opened is no longer at its path
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  changes(since: number, only?: ModelId): Promise<readonly CommittedChange[]>
  /**
   * The changes after a position as any process makes them: in order, each exactly once, until the caller
   * leaves the loop, which frees all that the watch held. Rejects with the signal's reason once it is
   * aborted. A slow caller costs no memory.
   *
   * @throws {CatalogError} INVALID_INPUT if changes after the position are no longer kept, or the history has not reached
   *   it: it is of another catalog, or was lost
   * @throws {CatalogError} CLOSED if the store is closed, also during the watch
   * @throws {CatalogError} CATALOG_REPLACED if the catalog that was opened is no longer at its path, or a database has lost
   *   changes that the watch gave
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  watch(options?: WatchOptions): AsyncIterableIterator<CommittedChange>
  /**
   * Reads what all writers have added and returns the present position.
   *
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} CATALOG_REPLACED if the catalog that was opened is no longer at its path
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  refresh(): Promise<number>
  /**
   * Reads all of the history that is kept, and reports whether every record is as it was written. Changes
   * nothing. Damage is a result, not an error.
   *
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  verifyHistory(): Promise<HistoryReport>
  /**
   * How much space the history takes. Reads none of it.
   *
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  measureHistory(): Promise<HistorySize>
}

/** Writing to a catalog, by any number of callers, threads and processes at once. */
export interface CatalogWriter {
  /**
   * Tries each commit in order and returns the outcome of each. When it resolves, every applied commit is
   * durable and visible to all. A conflict is an outcome, not an error. If writing failed, `details.outcome`
   * of the error is `unknown` if only reading again can tell whether the commit took effect.
   *
   * @throws {CatalogError} INVALID_INPUT if a commit has neither changes nor a verification, two changes of
   *   one id, or an entry that is not well-formed: nothing is written then
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} READ_ONLY if the store or its file system is read-only
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} CATALOG_REPLACED if the catalog that was opened is no longer at its path
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be written or read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  commit(commits: readonly Commit[]): Promise<readonly CommitOutcome[]>
  /**
   * Replaces the settings if they are still at the revision that the caller saw. An applied change is durable
   * and visible to all when this resolves. Fields on disk that this version does not know stay. A conflict is
   * an outcome, not an error.
   *
   * @throws {CatalogError} INVALID_INPUT if the settings are not well-formed: nothing is written then
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} READ_ONLY if the store or its file system is read-only
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} CATALOG_REPLACED if the catalog that was opened is no longer at its path
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be written or read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  changeSettings(change: SettingsChange & Attribution): Promise<SettingsOutcome>
  /**
   * Removes the oldest part of the history, and none of the entries. Safe while any number of readers and
   * writers use the catalog.
   *
   * @throws {CatalogError} CLOSED if the store is closed
   * @throws {CatalogError} READ_ONLY if the store or its file system is read-only
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be written or read
   * @throws {CatalogError} UNAVAILABLE if the database that has the catalog does not answer in time
   */
  pruneHistory(options?: PruneOptions): Promise<PrunedHistory>
}

/**
 * Where the catalog's entries are stored. An adapter opens a store; any number of callers use it at once;
 * `close` waits for commits under way, may be repeated, and every later call rejects with CLOSED.
 *
 * A commit takes effect if each of its changes finds its entry at `ifRevision`. 0 means that the id must not
 * exist, in any case: an id that differs from another only in case is refused. The revisions of an id go on
 * counting after its removal, so that a late writer cannot take a new entry for the one it knew.
 */
export interface CatalogStore extends CatalogReader, CatalogWriter {
  /**
   * Whether several machines, each with its own disks, may use this catalog. What one of them read then says
   * nothing of the disks of another, even if a cloned disk has the same anchor: evidence is kept by volume and
   * node.
   */
  readonly isShared: boolean
  /**
   * Waits for commits under way, then frees what the store holds. Calls after it reject with CLOSED.
   *
   * @throws {CatalogError} IO if the disk fails while the store is closed; every acknowledged commit is
   *   durable
   */
  close(): Promise<void>
}
