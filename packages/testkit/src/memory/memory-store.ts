import {
  type Attribution,
  CatalogError,
  type CatalogStore,
  type CatalogTotals,
  type Clock,
  type Commit,
  type CommitOutcome,
  type CommittedChange,
  createInvalidInput,
  type HistoryReport,
  type HistorySize,
  type ListQuery,
  type ModelEntry,
  type ModelId,
  type PrunedHistory,
  type PruneOptions,
  type RemovedModel,
  type RevisionConflict,
  type SettingsChange,
  type SettingsOutcome,
  type StateCounts,
  type StoredSettings,
  type WatchOptions,
} from '@catalog/types'
import {
  type CheckedChange,
  type CheckedCommit,
  type CheckedVerification,
  checkCommit,
  checkSettingsChange,
  createQueryFilter,
  decodeSettings,
  decodeVerification,
  encodeSettings,
  encodeVerification,
  foldModelId,
  selectEntries,
} from '@catalog/types/adapter'
import { ChangeQueue } from './change-queue.ts'
import { createMemoryBacking, type MemoryBacking } from './memory-backing.ts'

/** How a store in memory is opened. */
export interface MemoryStoreOptions {
  /** Stores with one backing share a catalog. Default: a new, empty one. */
  readonly backing?: MemoryBacking
  readonly clock?: Clock
  /** Whether every change rejects with READ_ONLY. Default false. */
  readonly readOnly?: boolean
  /** Whether the machines that use it have disks of their own, as with a database. Default false. */
  readonly isShared?: boolean | undefined
}

/**
 * A store that keeps the catalog in memory. It promises everything that the port does, except durability.
 */
export async function openMemoryStore(options: MemoryStoreOptions = {}): Promise<CatalogStore> {
  return new MemoryStore(options)
}

class MemoryStore implements CatalogStore {
  readonly isShared: boolean
  readonly #backing: MemoryBacking
  readonly #clock: Clock
  readonly #watches: Set<ChangeQueue> = new Set()
  readonly #readOnly: boolean
  #closed = false

  constructor(options: MemoryStoreOptions) {
    const { backing = createMemoryBacking(), clock, readOnly = false, isShared = false } = options
    this.isShared = isShared
    this.#backing = backing
    this.#clock = clock ?? { now: () => new Date() }
    this.#readOnly = readOnly
  }

  async get(id: ModelId): Promise<ModelEntry | undefined> {
    const entry = this.#opened().find(foldModelId(id))
    return entry?.id === id ? entry : undefined
  }

  async list(query: ListQuery): Promise<readonly ModelEntry[]> {
    return selectEntries(this.#opened().entries(), query)
  }

  async count(query: ListQuery): Promise<number> {
    return this.#opened().entries().filter(createQueryFilter(query)).length
  }

  async counts(): Promise<StateCounts> {
    const counts = { Pending: 0, Active: 0, Retired: 0, Failed: 0 }
    for (const { state } of this.#opened().entries()) counts[state] += 1
    return counts
  }

  async removed(): Promise<readonly RemovedModel[]> {
    return this.#opened().removed()
  }

  async settings(): Promise<StoredSettings> {
    return this.#opened().settings
  }

  async totals(): Promise<CatalogTotals> {
    const { tally, position } = this.#opened()
    return tally.read(position)
  }

  async changeSettings(change: SettingsChange & Attribution): Promise<SettingsOutcome> {
    const backing = this.#writable()
    const { ifRevision, settings } = checkSettingsChange(change)
    const foundRevision = backing.settings.revision
    if (foundRevision !== ifRevision) return { applied: false, foundRevision }
    backing.assertSpace()
    backing.position += 1
    backing.settings = decodeSettings(encodeSettings(settings), ifRevision + 1)
    return { applied: true, settings: backing.settings }
  }

  async changes(since: number, only?: ModelId): Promise<readonly CommittedChange[]> {
    const changes = this.#opened().history.after(since)
    return changes.filter(({ id }) => only === undefined || id === only)
  }

  async verifyHistory(): Promise<HistoryReport> {
    const { history, position } = this.#opened()
    const segments = history.countParts(position)
    return { ok: true, segments, records: history.length, from: history.beginning, to: position }
  }

  async measureHistory(): Promise<HistorySize> {
    const { history, position } = this.#opened()
    return { segments: history.countParts(position), bytes: 0 }
  }

  async pruneHistory(options?: PruneOptions): Promise<PrunedHistory> {
    const { history, position } = this.#writable()
    return history.prune(position, options)
  }

  watch({
    since = this.#backing.position,
    signal,
  }: WatchOptions = {}): AsyncIterableIterator<CommittedChange> {
    const { listeners } = this.#backing
    const queue = new ChangeQueue(() => {
      listeners.delete(listener)
      signal?.removeEventListener('abort', abort)
      this.#watches.delete(queue)
    })
    const listener = (change: CommittedChange): void => queue.push(change)
    const abort = (): void => queue.fail(signal?.reason)
    if (this.#closed) queue.fail(createClosed())
    else if (signal?.aborted === true) abort()
    else {
      listeners.add(listener)
      signal?.addEventListener('abort', abort)
      this.#watches.add(queue)
      this.#replay(queue, since)
    }
    return queue
  }

  async refresh(): Promise<number> {
    return this.#opened().position
  }

  async commit(commits: readonly Commit[]): Promise<readonly CommitOutcome[]> {
    const backing = this.#writable()
    return commits.map(checkCommit).map((commit) => {
      const conflicts = commit.changes.flatMap((change) => findConflict(backing, change))
      if (conflicts.length > 0) return { applied: false, conflicts }
      backing.assertSpace()
      return commit.changes.length > 0
        ? { applied: true, entries: this.#apply(commit) }
        : this.#applyVerification(commit)
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const queue of this.#watches) queue.fail(createClosed())
  }

  #opened(): MemoryBacking {
    if (this.#closed) throw createClosed()
    return this.#backing
  }

  /** Gives a watch what it has missed. */
  #replay(queue: ChangeQueue, since: number): void {
    const { history, position } = this.#backing
    try {
      assertReached(since, position)
      for (const change of history.after(since)) queue.push(change)
    } catch (error) {
      queue.fail(error)
    }
  }

  #writable(): MemoryBacking {
    const backing = this.#opened()
    if (this.#readOnly) throw new CatalogError('READ_ONLY', 'the store is open read-only', { path: 'memory' })
    return backing
  }

  #apply({ changes, verification, ...how }: CheckedCommit): readonly (ModelEntry | null)[] {
    const place = this.#nextPlace()
    this.#backing.tally.add(how.operation, changes.length, verification)
    return changes.map((change) => {
      const { revision, entry } = this.#backing.put(change)
      const { id } = change
      const verified = verification?.id === id ? toField(verification) : {}
      this.#backing.record(Object.freeze({ ...how, ...place, id, revision, entry, ...verified }))
      return entry
    })
  }

  /** Records an attempt that changes nothing of its entry. */
  #applyVerification({ changes: _, verification, ...how }: CheckedCommit): CommitOutcome {
    const { id } = verification ?? {}
    const entry = id === undefined ? undefined : this.#backing.find(foldModelId(id))
    if (verification === undefined || entry?.id !== id || entry === undefined)
      return { applied: false, conflicts: [] }
    const place = this.#nextPlace()
    this.#backing.tally.add(how.operation, 1, verification)
    const row = { ...how, ...place, id: entry.id, revision: entry.revision, entry }
    this.#backing.record(Object.freeze({ ...row, ...toField(verification), isUnchanged: true }))
    return { applied: true, entries: [entry] }
  }

  #nextPlace(): Pick<CommittedChange, 'position' | 'at'> {
    this.#backing.position += 1
    return { position: this.#backing.position, at: this.#clock.now().toISOString() }
  }
}

function toField(verification: CheckedVerification): Pick<CommittedChange, 'verification'> {
  return { verification: decodeVerification(encodeVerification(verification)) }
}

function createClosed(): Error {
  return new CatalogError('CLOSED', 'the store is closed', { what: 'store' })
}

/** INVALID_INPUT for a position that the history has not reached. */
function assertReached(since: number, position: number): void {
  if (since <= position) return
  throw createInvalidInput([{ field: 'since', problem: `is after ${position}, where the history ends` }])
}

function findConflict(backing: MemoryBacking, { id, ifRevision }: CheckedChange): RevisionConflict[] {
  const found = backing.find(foldModelId(id))
  const foundRevision = found?.revision ?? 0
  const foundId = found?.id ?? id
  if (foundRevision === ifRevision && foundId === id) return []
  return [{ id, expectedRevision: ifRevision, foundRevision, foundId }]
}
