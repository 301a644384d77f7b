import { CatalogError, type Clock, isCatalogError } from '@catalog/types'
import type { AppliedCommit, CatalogState } from './catalog-state.ts'
import type { EncodedCommit } from './commit-codec.ts'
import { listOwnFiles } from './create-catalog.ts'
import { createSegment } from './create-segment.ts'
import { type FileNames, findLatestSegment } from './file-names.ts'
import type { FileSystem, OpenFile } from './file-system.ts'
import {
  detachSegment,
  type OpenSegment,
  openNextSegment,
  openPresentSegment,
  type SegmentPlace,
} from './open-segment.ts'
import type { ChainPoint, RecordContent } from './record.ts'
import type { RecoveryReport } from './recovery-report.ts'
import { type CutTail, Replay, type ReplayedRecord } from './replay.ts'
import { readIntactPrefix } from './salvage.ts'
import { SegmentTail } from './segment-tail.ts'
import { SegmentWriter, type WriterIdentity } from './segment-writer.ts'
import { createDamaged } from './store-error.ts'
import type { Timers } from './timers.ts'

/** A segment is sealed when it is longer than this, and than twice its snapshot. */
export const DEFAULT_SEGMENT_BYTES: number = 4 << 20

/** `intact-prefix`: to read, of a damaged journal what is certain. */
export type JournalAccess = 'write' | 'read' | 'intact-prefix'

export interface JournalParts {
  readonly access: JournalAccess
  readonly disk: FileSystem
  readonly names: FileNames
  readonly identity: WriterIdentity
  readonly clock: Clock
  readonly segmentBytes: number
  readonly timers: Pick<Timers, 'nowMs'>
  /** Called with every record, as soon as it was read. */
  readonly onRecord: (replayed: ReplayedRecord) => void
}

/** The segment that a store follows and writes to. */
interface PresentSegment {
  readonly number: number
  readonly path: string
  readonly file: OpenFile
  readonly replay: Replay
  readonly tail: SegmentTail
  readonly writer: SegmentWriter
  readonly isDetached?: true
  /** The length at which to seal it. */
  readonly limitBytes: number
}

/**
 * The shared log over all its segments: follows what everybody appends, appends, and goes on to the next segment
 * when somebody has sealed the present one. Any store may seal, and any may make the next segment, because the
 * state at a seal is the same for all.
 */
export class Journal {
  readonly #parts: JournalParts
  #present: PresentSegment
  /** The write under way: the next one begins when it has settled. */
  #turn: Promise<unknown> = Promise.resolve()
  #moving: Promise<boolean> | undefined
  /** The closing of segments that were left. */
  #leaving: Promise<unknown> = Promise.resolve()
  readonly #reading: Set<Promise<unknown>> = new Set()
  #isClosed = false
  #recovery: Omit<RecoveryReport, 'removedFiles'> = { tornLines: 0, dropped: undefined, damage: undefined }

  /** Opens the present segment, made where there is none, and reads it to its end. */
  static async open(parts: JournalParts): Promise<Journal> {
    try {
      return await Journal.#openPresent(parts)
    } catch (error) {
      if (parts.access !== 'intact-prefix' || !isCatalogError(error, 'DAMAGED')) throw error
      const { number, snapshot } = await readIntactPrefix(parts.disk, parts.names)
      const journal = new Journal(parts, detachSegment(number, error.details.path, snapshot))
      journal.#recovery = { ...journal.#recovery, damage: error.details }
      return journal
    }
  }

  static async #openPresent(parts: JournalParts): Promise<Journal> {
    const journal = new Journal(parts, await openPresentSegment(placeOf(parts)))
    try {
      await journal.#readToEnd()
      return journal
    } catch (error) {
      await journal.close()
      throw error
    }
  }

  private constructor(parts: JournalParts, segment: OpenSegment) {
    this.#parts = parts
    this.#present = this.#follow(segment)
  }

  get state(): CatalogState {
    return this.#present.replay.state
  }

  get head(): ChainPoint {
    return this.#present.replay.head
  }

  get path(): string {
    return this.#present.path
  }

  /** What opening found. */
  get recovery(): Omit<RecoveryReport, 'removedFiles'> {
    return this.#recovery
  }

  /** True where nothing was added since the last look: one `fstat`. A promise only where the disk gives one. */
  isCurrent(): boolean | Promise<boolean> {
    if (this.#present.replay.isSealed) return false
    const isCurrent = this.#present.tail.isCurrent()
    return typeof isCurrent === 'boolean' ? isCurrent : this.#track(isCurrent)
  }

  /** Reads all that was in the journal when this was called. */
  catchUp(): Promise<void> {
    return this.#isClosed ? Promise.reject(createClosed()) : this.#track(this.#readNew())
  }

  /** No file is closed under the hands of a reading. */
  #track<T>(reading: Promise<T>): Promise<T> {
    const tracked = reading.finally(() => this.#reading.delete(tracked))
    this.#reading.add(tracked)
    return tracked
  }

  async #readNew(): Promise<void> {
    await this.#present.tail.catchUp()
    await this.#present.tail.assertNamedIfDue()
    // A sealed segment without a next one is up to date: who wants to write has to make that first.
    while (this.#present.replay.isSealed && (await this.#moveOn())) await this.#present.tail.catchUp()
    if (this.#present.replay.cut !== undefined) throw createCut(this.#present.path, this.#present.replay.cut)
  }

  /** Writes one record with these commits and returns the outcome of each; then it is durable. */
  append(commits: readonly EncodedCommit[]): Promise<readonly AppliedCommit[]> {
    return this.#inTurn(async () => {
      const { outcomes } = await this.#appendRecord({ commits })
      return outcomes
    })
  }

  /** Makes durable all that the state has of others, so that it may be shown where it outlives a power cut. */
  sync(): Promise<void> {
    return this.#inTurn(() => this.#present.writer.syncUpTo(this.head[0]))
  }

  /** Puts the sync of the last commit on record. */
  mark(): Promise<void> {
    return this.#inTurn(() => this.#present.writer.mark())
  }

  /** Seals the segment if it is long enough, and makes the next one. */
  sealIfLong(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.isLong) return
      await this.#present.writer.append({ seal: true })
      await this.#ensureOpenSegment()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#turn
    await Promise.allSettled(this.#reading)
    await this.#moving?.catch(() => undefined)
    await this.#leaving
    await this.#present.file.close()
  }

  async #appendRecord(content: RecordContent): Promise<ReplayedRecord> {
    for (;;) {
      await this.#ensureOpenSegment()
      const written = await this.#present.writer.append(content)
      // Undefined: sealed by somebody in between, so that the record counts for nothing.
      if (written !== undefined) return written
    }
  }

  /** Goes on to a segment that is not sealed, made where there is none. */
  async #ensureOpenSegment(): Promise<void> {
    await this.catchUp()
    while (this.#present.replay.isSealed) {
      await this.#makeNext()
      await this.catchUp()
    }
  }

  /** At opening: what a power cut took of the end stays behind in its segment. */
  async #readToEnd(): Promise<void> {
    await this.#present.tail.catchUp()
    const { path, replay } = this.#present
    const dropped = replay.cut === undefined ? undefined : { path, ...replay.cut }
    this.#recovery = { ...this.#recovery, tornLines: replay.tornLines, dropped }
    if (dropped !== undefined) await this.#leaveCut()
    await this.catchUp()
  }

  /** Who may not make the next segment waits for it with the state before the cut. */
  async #leaveCut(): Promise<void> {
    const { number, path, replay, file } = this.#present
    if (this.#parts.access === 'write') await this.#makeNext()
    if (await this.#moveOn()) return
    this.#present = this.#follow(detachSegment(number, path, { state: replay.state, start: replay.head }))
    await file.close()
  }

  /** The sealed segment must be durable first: else a power cut could leave a history that its snapshot denies. */
  async #makeNext(): Promise<void> {
    const { disk, names, identity } = this.#parts
    const { number, writer, replay } = this.#present
    if ((findLatestSegment(await listOwnFiles(disk, names)) ?? 0) > number) return
    await writer.sync()
    await createSegment(disk, names, identity.id, number + 1, { state: replay.state, start: replay.head })
  }

  /** Whether there was a later segment to go on to. */
  #moveOn(): Promise<boolean> {
    this.#moving ??= this.#moveOnOnce().finally(() => {
      this.#moving = undefined
    })
    return this.#moving
  }

  async #moveOnOnce(): Promise<boolean> {
    // Nobody would close what was opened now.
    if (this.#isClosed) return false
    const left = this.#present
    const next = await openNextSegment(placeOf(this.#parts), left, {
      state: left.replay.state,
      start: left.replay.head,
    })
    if (next === undefined) return false
    this.#present = this.#follow(next)
    // Not under the hands of what began before the segment was sealed. What was acknowledged is synced.
    const idle = Promise.allSettled([this.#turn, ...this.#reading])
    const closing = idle.then(() => left.file.close()).catch(() => undefined)
    this.#leaving = Promise.all([this.#leaving, closing])
    return true
  }

  #follow({ number, path, file, snapshot, snapshotBytes, isDetached }: OpenSegment): PresentSegment {
    const { identity, clock, segmentBytes, timers } = this.#parts
    const replay = new Replay(path, snapshot.state, snapshot.start)
    const onRecord = (replayed: ReplayedRecord): void => {
      writer.observe(replayed)
      this.#parts.onRecord(replayed)
    }
    const tail = new SegmentTail({ path, file, replay, onRecord, nowMs: () => timers.nowMs() })
    const writer = new SegmentWriter(path, file, tail, identity, clock)
    replay.recognize = (line) => writer.recognize(line)
    if (isDetached) replay.isSealed = true
    const limitBytes = Math.max(segmentBytes, 2 * snapshotBytes)
    return { number, path, file, replay, tail, writer, limitBytes, ...(isDetached && { isDetached }) }
  }

  /** Whether the segment has reached the length at which to seal it. */
  get isLong(): boolean {
    return this.#present.tail.length >= this.#present.limitBytes
  }

  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      if (this.#isClosed) throw createClosed()
      return write()
    })
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}

function placeOf({ disk, names, identity, access }: JournalParts): SegmentPlace {
  return { disk, names, writer: access === 'write' ? identity.id : undefined }
}

/** A process that has seen no power cut cannot have lost its end to one. */
function createCut(path: string, { offset, records }: CutTail): Error {
  return createDamaged(path, `what ${records} records build on is gone`, { offset })
}

function createClosed(): Error {
  return new CatalogError('CLOSED', 'the journal is closed', { what: 'journal' })
}
