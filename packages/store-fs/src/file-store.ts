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
import { nodeFileSystem } from './node-file-system.ts'
import { type OpenSegment, openPresentSegment } from './open-segment.ts'
import { Replay, type ReplayedRecord } from './replay.ts'
import { SegmentTail } from './segment-tail.ts'
import { SegmentWriter } from './segment-writer.ts'
import { toStoreError } from './store-error.ts'
import { ViewWriter } from './view-writer.ts'

/** How long a writer is quiet before it puts the sync of its last commit on record. */
const QUIET_MS = 1000

export interface FileStoreOptions {
  /** The directory of `catalog.json`, `.catalog/` and the model files. Made where absent. */
  readonly root: string
  readonly clock?: Clock
  /** For tests: a disk that fails. */
  readonly disk?: FileSystem
}

/**
 * Opens the catalog in a directory, for any number of callers, threads and processes at once. A directory
 * that only has a `catalog.json` is adopted. No lock is taken, so none can be left behind.
 * DAMAGED, UNSUPPORTED_FORMAT, NO_SPACE, READ_ONLY, IO. The format is `docs/on-disk-format.md`.
 */
export async function openFileStore(options: FileStoreOptions): Promise<CatalogStore> {
  const { clock = { now: () => new Date() }, disk = nodeFileSystem } = options
  const names = fileNamesIn(resolve(options.root))
  const writer = randomUUID()
  try {
    const segment = await openPresentSegment(disk, names, writer)
    const store = new FileStore({ disk, names, writer, clock, segment })
    await store.start()
    return store
  } catch (error) {
    throw toStoreError(error, 'open the catalog in', names.root)
  }
}

interface FileStoreParts {
  readonly disk: FileSystem
  readonly names: FileNames
  readonly writer: string
  readonly clock: Clock
  readonly segment: OpenSegment
}

class FileStore implements CatalogStore {
  readonly #parts: FileStoreParts
  readonly #writerId: string
  readonly #replay: Replay
  readonly #tail: SegmentTail
  readonly #writer: SegmentWriter
  readonly #commits: GroupCommit
  readonly #view: ViewWriter
  #quietTimer: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined

  constructor(parts: FileStoreParts) {
    const { disk, names, writer, clock, segment } = parts
    this.#parts = parts
    this.#writerId = writer
    this.#replay = new Replay(segment.path, segment.snapshot.state, segment.snapshot.start)
    this.#tail = new SegmentTail(segment.path, segment.file, this.#replay, (record) => this.#onRecord(record))
    this.#writer = new SegmentWriter(segment.path, segment.file, this.#tail, writer, clock)
    this.#commits = new GroupCommit((commits) => this.#writer.append(commits))
    this.#view = new ViewWriter(disk, names, writer, {
      replay: this.#replay,
      catchUp: () => this.#tail.catchUp(),
    })
  }

  /** Replays the journal; the file is closed again where that fails. */
  async start(): Promise<void> {
    try {
      await this.#tail.catchUp()
      await removeAbandonedFiles(this.#parts.disk, this.#parts.names)
    } catch (error) {
      this.#view.stop()
      await this.#parts.segment.file.close()
      throw error
    }
    this.#view.touch('foreign')
  }

  async get(id: ModelId): Promise<ModelEntry | undefined> {
    await this.#read()
    return this.#replay.state.get(id)?.entry()
  }

  async list(query: ListQuery): Promise<readonly ModelEntry[]> {
    await this.#read()
    return this.#replay.state.list(query).map((row) => row.entry())
  }

  async counts(): Promise<StateCounts> {
    await this.#read()
    return this.#replay.state.counts()
  }

  async changes(since: number): Promise<readonly CommittedChange[]> {
    await this.#read()
    const { disk, names, segment } = this.#parts
    return await readHistory(disk, names, segment.number, since)
  }

  async refresh(): Promise<number> {
    await this.#read()
    return this.#replay.head[0]
  }

  async commit(commits: readonly Commit[]): Promise<readonly CommitOutcome[]> {
    this.#assertOpen()
    if (commits.length === 0) return []
    const applied = await this.#commits.submit(commits.map(encodeCommit))
    this.#markWhenQuiet()
    return applied.map(decodeOutcome)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { file } = this.#parts.segment
    clearTimeout(this.#quietTimer)
    this.#view.stop()
    await this.#commits.idle()
    const hasCommitted = this.#writer.hasCommitted
    try {
      if (this.#writer.hasUnmarkedCommits) await this.#writer.mark()
      await this.#view.flush()
    } catch (error) {
      // A store that only read may stand in a directory that it cannot write.
      if (hasCommitted) throw toStoreError(error, 'write the view of', this.#parts.names.root)
    } finally {
      await file.close()
    }
  }

  /** The freshness check in front of every read: one `fstat`, and a replay of what others have added. */
  async #read(): Promise<void> {
    this.#assertOpen()
    try {
      const isCurrent = this.#tail.isCurrent()
      if (isCurrent === true || (await isCurrent)) return
      await this.#tail.catchUp()
    } catch (error) {
      throw toStoreError(error, 'read', this.#parts.segment.path)
    }
  }

  #onRecord(replayed: ReplayedRecord): void {
    this.#writer.observe(replayed)
    this.#view.touch(replayed.record.writer === this.#writerId ? 'own' : 'foreign')
  }

  #markWhenQuiet(): void {
    clearTimeout(this.#quietTimer)
    this.#quietTimer = setTimeout(() => {
      // Best effort: a mark only makes later damage easier to tell from an unfinished write.
      if (this.#closing === undefined) this.#writer.mark().catch(() => undefined)
    }, QUIET_MS)
    this.#quietTimer.unref()
  }

  #assertOpen(): void {
    if (this.#closing !== undefined)
      throw new CatalogError('CLOSED', 'the store is closed', { what: 'store' })
  }
}
