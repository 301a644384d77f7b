import type { LifecycleState } from '../entry/lifecycle-state.ts'
import type { EntryContent, ModelEntry } from '../entry/model-entry.ts'
import type { ModelId } from '../entry/model-id.ts'
import type { Attribution } from '../input/registration.ts'
import type { ListQuery } from '../query/list-query.ts'
import type { SettingsChange, SettingsOutcome, StoredSettings } from './catalog-settings.ts'
import type { CatalogTotals, RecordedVerification } from './catalog-totals.ts'
import type { HistoryReport, HistorySize, PrunedHistory, PruneOptions } from './stored-history.ts'

/** What to make of one entry, if it still is at the revision the caller saw. To remove what is absent is none. */
export interface Change {
  readonly id: ModelId
  /** The revision that this change builds on; 0 = there is no such entry. */
  readonly ifRevision: number
  /** The whole new entry, or null to remove it. */
  readonly entry: EntryContent | null
}

/** Changes that take effect together or not at all. */
export interface Commit extends Attribution {
  /** What was done, in a word: `register`, `verify`, `set-state`, `remove` … */
  readonly operation: string
  /** At least one, unless the commit only records a verification. */
  readonly changes: readonly Change[]
  /**
   * The attempt to verify a model that led to this: of one of the `changes`. Without changes it takes effect if the id is in
   * the catalog, at any revision, and the revision stays the same.
   */
  readonly verification?: (RecordedVerification & { readonly id: ModelId }) | undefined
}

/** Why a commit had no effect. */
export interface RevisionConflict {
  readonly id: ModelId
  readonly expectedRevision: number
  /** 0 = no such entry now. */
  readonly foundRevision: number
  /** The id that stands in the way; it differs from `id` in case at most. */
  readonly foundId: string
}

/** Whether a commit took effect, and if not, why. */
export type CommitOutcome =
  | {
      readonly applied: true
      /** One for each change, in order; null where the entry was removed. Without changes the one that was verified. */
      readonly entries: readonly (ModelEntry | null)[]
    }
  | {
      readonly applied: false
      /** None for a verification without changes of a model that is not in the catalog. */
      readonly conflicts: readonly RevisionConflict[]
    }

/** One change that took effect, or one recorded verification, with who, when and why. */
export interface CommittedChange extends Attribution {
  /** The store's position right after the commit; several changes may share one. */
  readonly position: number
  /** By the writer's clock, ISO-8601 UTC. */
  readonly at: string
  readonly operation: string
  readonly id: ModelId
  readonly revision: number
  readonly entry: ModelEntry | null
  /** The attempt to verify the model that led to this. */
  readonly verification?: RecordedVerification
  /** Present if nothing of the entry changed: this only records the verification, and the revision is an old one. */
  readonly isUnchanged?: true
}

/** From where a watch begins, and what ends it from outside. */
export interface WatchOptions {
  /** The position after which it begins, as `refresh` or a change gave it; now where absent. */
  readonly since?: number | undefined
  /** Ends the watch: the next change is the signal's reason, as a rejection. */
  readonly signal?: AbortSignal | undefined
}

/** How many models are in each state. */
export type StateCounts = Readonly<Record<LifecycleState, number>>

/** Reading. Every call sees all changes that any process had acknowledged before the call was made. */
export interface CatalogReader {
  /** The entry of an id; undefined if there is none. */
  get(id: ModelId): Promise<ModelEntry | undefined>
  /** In the order of the query, which `parseListQuery` has checked. */
  list(query: ListQuery): Promise<readonly ModelEntry[]>
  /** How many match the query's filters; order, `after` and limit are ignored. */
  count(query: ListQuery): Promise<number>
  /** How many entries are in each state. */
  counts(): Promise<StateCounts>
  /** What the catalog says of itself; frozen, at revision 0 and empty where nothing was ever stored. */
  settings(): Promise<StoredSettings>
  /** What was done in the catalog, as far back as is known, up to the present position. Costs no reading of the history. */
  totals(): Promise<CatalogTotals>
  /**
   * The changes after a position, oldest first, of all models or of one; 0 = from the beginning that the store still keeps. INVALID_INPUT
   * for any other position before that beginning: what came next is gone. A change of the settings is none of these,
   * and takes a position all the same.
   */
  changes(since: number, only?: ModelId): Promise<readonly CommittedChange[]>
  /**
   * The changes after a position as they are made, by whomever: in order, each exactly once, for as long as the
   * caller goes on. Leaving the loop ends it and frees all that it held. Rejects as `changes` does, with the
   * signal's reason once that is aborted, and with CLOSED once the store is closed. A slow caller costs no memory.
   */
  watch(options?: WatchOptions): AsyncIterableIterator<CommittedChange>
  /** Catches up with all writers and returns the present position. */
  refresh(): Promise<number>
  /**
   * Reads all of the history that is kept, and says whether every record is as it was written. Changes nothing. IO.
   */
  verifyHistory(): Promise<HistoryReport>
  /** How much room the history takes. Reads none of it. IO. */
  measureHistory(): Promise<HistorySize>
}

/** Writing, by any number of callers, threads and processes at once. */
export interface CatalogWriter {
  /**
   * Tries each commit in order and returns the outcome of each. INVALID_INPUT, before anything is written, for
   * one without changes or a verification, with two changes of one id, or with an entry that is not well-formed. When it resolves, every applied commit is
   * durable and visible to all. A conflict is an outcome, not an error. Rejects with NO_SPACE or IO when
   * nothing could be written (`details.outcome` says `unknown` where only a re-read can tell), READ_ONLY, CLOSED.
   */
  commit(commits: readonly Commit[]): Promise<readonly CommitOutcome[]>
  /**
   * Replaces the settings if they still are at the revision that the caller saw: then the change is durable, and seen
   * by all, when this resolves. Fields on disk that this version does not know stay. INVALID_INPUT, before anything is
   * written, for settings that are not well-formed. A conflict is an outcome, not an error. Else it rejects as `commit`.
   */
  changeSettings(change: SettingsChange & Attribution): Promise<SettingsOutcome>
  /**
   * Removes the oldest part of the history, and none of the entries. Safe beside any number of readers and writers.
   * DAMAGED, READ_ONLY, IO.
   */
  pruneHistory(options?: PruneOptions): Promise<PrunedHistory>
}

/**
 * Where the catalog's entries live. A store is opened by its adapter, used from many callers at once, and
 * closed: `close` waits for commits under way, may be repeated, and every later call rejects with CLOSED.
 * Rules of applying: a commit takes effect if for each of its changes the entry stands at `ifRevision`
 * (0 = absent, also when an id that differs only in case is there: then it does not). An id's revisions go on
 * counting after its removal, so that no late writer takes a new entry for the one it knew.
 */
export interface CatalogStore extends CatalogReader, CatalogWriter {
  /** Waits for commits on their way, then frees what the store holds. Calls after it are CLOSED. */
  close(): Promise<void>
}
