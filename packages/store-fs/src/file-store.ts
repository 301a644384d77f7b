import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import {
  CatalogError,
  type CatalogStore,
  type Clock,
  type Commit,
  type CommitOutcome,
  type CommittedChange,
  type ListQuery,
  type ModelEntry,
  type ModelId,
  type StateCounts,
} from '@catalog/types'
import { decodeOutcome, encodeCommit } from './commit-codec.ts'
import { removeAbandonedFiles } from './create-catalog.ts'
import { type FileNames, fileNamesIn } from './file-names.ts'
import type { FileSystem } from './file-system.ts'
import { GroupCommit } from './group-commit.ts'
import { readHistory } from './history.ts'
import { DEFAULT_SEGMENT_BYTES, Journal } from './journal.ts'
import { adoptEditAtOpening, createViewSource } from './journal-view.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { toStoreError } from './store-error.ts'
import { systemTimers, type Timers } from './timers.ts'
import { ViewWriter } from './view-writer.ts'

/** How long a writer is quiet before it puts the sync of its last commit on record. */
const QUIET_MS = 1000

export interface FileStoreOptions {
  /** The directory of `catalog.json`, `.catalog/` and the model files. Made where absent. */
  readonly root: string
  readonly clock?: Clock
  /** The size at which a segment of the journal is sealed and the next one begun; 4 MiB, or twice the snapshot. */
  readonly segmentBytes?: number
  /** For tests: a disk that fails. */
  readonly disk?: FileSystem
  /** For tests: timers that fire when they are told to. */
  readonly timers?: Timers
}

/**
 * Opens the catalog in a directory, for any number of callers, threads and processes at once. A directory
 * that only has a `catalog.json` is adopted. No lock is taken, so none can be left behind.
 * DAMAGED, EDITED_OUTSIDE, UNSUPPORTED_FORMAT, NO_SPACE, READ_ONLY, IO. The format is `docs/on-disk-format.md`.
 */
export async function openFileStore(options: FileStoreOptions): Promise<CatalogStore> {
  const { clock = systemClock, disk = nodeFileSystem, timers = systemTimers } = options
  const { segmentBytes = DEFAULT_SEGMENT_BYTES } = options
  const names = fileNamesIn(resolve(options.root))
  const writer = randomUUID()
  let view: ViewWriter | undefined
  try {
    const journal = await Journal.open({
      disk,
      names,
      identity: { id: writer, seq: 0 },
      clock,
      segmentBytes,
      onRecord: ({ record }) => view?.touch(record.writer === writer ? 'own' : 'foreign'),
    })
    // Who may only read leaves the clearing up to others.
    await removeAbandonedFiles(disk, names).catch(() => undefined)
    view = new ViewWriter({ disk, names, writer, source: createViewSource(disk, names, journal), timers })
    const store = new FileStore({ disk, names, journal, view, timers })
    await store.start()
    return store
  } catch (error) {
    throw toStoreError(error, 'open the catalog in', names.root)
  }
}

const systemClock: Clock = { now: () => new Date() }

interface FileStoreParts {
  readonly disk: FileSystem
  readonly names: FileNames
  readonly journal: Journal
  readonly view: ViewWriter
  readonly timers: Timers
}

class FileStore implements CatalogStore {
  readonly #parts: FileStoreParts
  readonly #journal: Journal
  readonly #commits: GroupCommit
  #hasCommitted = false
  /** Whether the sync of the last commit is not on record yet. */
  #needsMark = false
  #cancelQuiet: (() => void) | undefined
  #closing: Promise<void> | undefined

  constructor(parts: FileStoreParts) {
    this.#parts = parts
    this.#journal = parts.journal
    this.#commits = new GroupCommit((commits) => this.#journal.append(commits))
  }

  /** Commits what was done to the view by hand; the journal is closed again where that needs a person. */
  async start(): Promise<void> {
    try {
      await adoptEditAtOpening(this.#parts.view)
    } catch (error) {
      await this.#journal.close()
      throw error
    }
    this.#parts.view.touch('foreign')
  }

  async get(id: ModelId): Promise<ModelEntry | undefined> {
    await this.#read()
    return this.#journal.state.get(id)?.entry()
  }

  async list(query: ListQuery): Promise<readonly ModelEntry[]> {
    await this.#read()
    return this.#journal.state.list(query).map((row) => row.entry())
  }

  async counts(): Promise<StateCounts> {
    await this.#read()
    return this.#journal.state.counts()
  }

  async changes(since: number): Promise<readonly CommittedChange[]> {
    await this.#read()
    const { disk, names } = this.#parts
    return await readHistory(disk, names, since)
  }

  async refresh(): Promise<number> {
    await this.#read()
    return this.#journal.head[0]
  }

  async commit(commits: readonly Commit[]): Promise<readonly CommitOutcome[]> {
    this.#assertOpen()
    if (commits.length === 0) return []
    const texts = commits.map(encodeCommit)
    try {
      const applied = await this.#commits.submit(texts)
      this.#afterCommit()
      return applied.map(decodeOutcome)
    } catch (error) {
      throw toStoreError(error, 'write', this.#journal.path)
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { view, names } = this.#parts
    this.#cancelQuiet?.()
    view.stop()
    await this.#commits.idle()
    try {
      if (this.#needsMark) await this.#journal.mark()
      await view.flush()
    } catch (error) {
      // A store that only read may stand in a directory that it cannot write.
      if (this.#hasCommitted) throw toStoreError(error, 'write the view of', names.root)
    } finally {
      await this.#journal.close()
    }
  }

  /** The freshness check in front of every read: one `fstat`, and a replay of what others have added. */
  async #read(): Promise<void> {
    this.#assertOpen()
    try {
      const isCurrent = this.#journal.isCurrent()
      if (isCurrent === true || (await isCurrent)) return
      await this.#journal.catchUp()
    } catch (error) {
      throw toStoreError(error, 'read', this.#journal.path)
    }
  }

  #afterCommit(): void {
    this.#hasCommitted = true
    this.#needsMark = true
    this.#cancelQuiet?.()
    this.#cancelQuiet = this.#parts.timers.after(QUIET_MS, () => this.#markQuietly())
    // Housekeeping, not part of the commit: where it fails, the next commit does it, or says why it cannot.
    if (this.#journal.isLong) this.#journal.sealIfLong().catch(() => undefined)
  }

  /** Best effort: a mark only makes later damage easier to tell from an unfinished write. */
  #markQuietly(): void {
    if (this.#closing !== undefined || !this.#needsMark) return
    this.#needsMark = false
    this.#journal.mark().catch(() => undefined)
  }

  #assertOpen(): void {
    if (this.#closing !== undefined)
      throw new CatalogError('CLOSED', 'the store is closed', { what: 'store' })
  }
}
