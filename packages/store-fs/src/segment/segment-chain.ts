import { CatalogError, type Clock } from '@catalog/types'
import type { FileSystem, OpenFile } from '../disk/file-system.ts'
import { FreshLook } from '../disk/fresh-look.ts'
import { createCut } from '../disk/store-error.ts'
import type { Timers } from '../disk/timers.ts'
import { type FileNames, findLatestSegment } from '../format/file-names.ts'
import { listOwnFiles } from './create-catalog.ts'
import { createSegment } from './create-segment.ts'
import {
  detachSegment,
  type OpenSegment,
  openNextSegment,
  openPresentSegment,
  type SegmentPlace,
} from './open-segment.ts'
import { Replay, type ReplayedRecord } from './replay.ts'
import { SegmentTail } from './segment-tail.ts'
import { SegmentWriter, type WriterIdentity } from './segment-writer.ts'

export interface SegmentChainParts {
  readonly disk: FileSystem
  readonly names: FileNames
  readonly identity: WriterIdentity
  /** False for a store that only reads: then nothing is made, synced or opened for writing. */
  readonly canWrite: boolean
  readonly clock: Clock
  readonly segmentBytes: number
  readonly timers: Pick<Timers, 'nowMs'>
  /** Called with every record, as soon as it was read. */
  readonly onRecord: (replayed: ReplayedRecord) => void
}

/** The segment that a store follows and writes to. */
export interface FollowedSegment {
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
 * The segments, one after another: follows the present one and goes on to the next once it is sealed. Any
 * store may make that, because the state at a seal is the same for all.
 */
export class SegmentChain {
  readonly #parts: SegmentChainParts
  #present: FollowedSegment
  readonly #moving: FreshLook<void> = new FreshLook(() => this.#moveOnOnce())
  /** What uses the file of the present segment. */
  readonly #using: Set<Promise<unknown>> = new Set()
  /** The closing of segments that were left. */
  #leaving: Promise<unknown> = Promise.resolve()
  #isClosed = false

  /** Opens the present segment, created if missing. Nothing of its journal is read yet. */
  static async open(parts: SegmentChainParts): Promise<SegmentChain> {
    return new SegmentChain(parts, await openPresentSegment(placeOf(parts)))
  }

  constructor(parts: SegmentChainParts, segment: OpenSegment) {
    this.#parts = parts
    this.#present = this.#follow(segment)
  }

  get present(): FollowedSegment {
    return this.#present
  }

  /** True where nothing was added since the last look. A promise only where the disk gives one. */
  isCurrent(): boolean | Promise<boolean> {
    if (this.#present.replay.isSealed) return false
    const isCurrent = this.#present.tail.isCurrent()
    return typeof isCurrent === 'boolean' ? isCurrent : this.use(isCurrent)
  }

  /** Reads all that was in the journal when this was called. */
  catchUp(): Promise<void> {
    return this.#isClosed ? Promise.reject(createJournalClosed()) : this.use(this.#readNew())
  }

  /** Goes on to a segment that is not sealed, created if missing. */
  async ensureOpenSegment(): Promise<void> {
    await this.catchUp()
    while (this.#present.replay.isSealed) {
      await this.#makeNext()
      await this.catchUp()
    }
  }

  /**
   * What a power cut took of the end stays behind: a store that may not make the next segment waits for it at the cut.
   */
  async leaveCut(): Promise<void> {
    const { number, path, replay, file } = this.#present
    if (this.#parts.canWrite) await this.#makeNext()
    if (await this.#moveOn()) return
    this.#present = this.#follow(detachSegment(number, path, { state: replay.state, start: replay.head }))
    await file.close()
  }

  /** No file is closed under the hands of who uses it. */
  use<T>(work: Promise<T>): Promise<T> {
    // Stryker disable next-line ArrowFunction: saves memory: what has ended is not waited for.
    const tracked = work.finally(() => this.#using.delete(tracked))
    this.#using.add(tracked)
    return tracked
  }

  /** Reads nothing more, and resolves when all files are closed. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#using)
    await this.#moving.idle()
    await this.#leaving
    await this.#present.file.close()
  }

  async #readNew(): Promise<void> {
    await this.#present.tail.catchUp()
    await this.#present.tail.assertNamedIfDue()
    // A sealed segment without a next one is up to date: a writer has to make that first.
    while (this.#present.replay.isSealed && (await this.#moveOn())) await this.#present.tail.catchUp()
    if (this.#present.replay.cut !== undefined) throw createCut(this.#present.path, this.#present.replay.cut)
  }

  /** The sealed segment must be durable first: else a power cut could leave a history that its snapshot denies. */
  async #makeNext(): Promise<void> {
    const { disk, names, identity } = this.#parts
    const { number, writer, replay } = this.#present
    // Stryker disable next-line ConditionalExpression,LogicalOperator: saves the making of what is there: that is left as it is.
    if ((findLatestSegment(await listOwnFiles(disk, names)) ?? 0) > number) return
    await writer.sync()
    await createSegment(disk, names, identity.id, number + 1, { state: replay.state, start: replay.head })
  }

  /** Whether there was a later segment to go on to. */
  async #moveOn(): Promise<boolean> {
    const left = this.#present
    await this.#moving.take()
    return this.#present !== left
  }

  async #moveOnOnce(): Promise<void> {
    const left = this.#present
    // What was opened now would not be closed; and another call may have gone on while this one waited.
    if (this.#isClosed || !(left.replay.isSealed || left.replay.cut !== undefined)) return
    const snapshot = { state: left.replay.state, start: left.replay.head }
    const next = await openNextSegment(placeOf(this.#parts), left, snapshot)
    if (next === undefined) return
    this.#present = this.#follow(next)
    // What began before the segment was sealed may still use it. What was acknowledged is synced.
    const closing = Promise.allSettled(this.#using)
      .then(() => left.file.close())
      .catch(() => undefined)
    this.#leaving = Promise.all([this.#leaving, closing])
  }

  #follow({ number, path, file, snapshot, snapshotBytes, isDetached }: OpenSegment): FollowedSegment {
    const { identity, clock, segmentBytes, timers } = this.#parts
    const replay = new Replay(path, snapshot.state, snapshot.start)
    const onRecord = (replayed: ReplayedRecord): void => {
      writer.observe(replayed)
      this.#parts.onRecord(replayed)
    }
    const tail = new SegmentTail({ path, file, replay, onRecord, nowMs: () => timers.nowMs() })
    const writer = new SegmentWriter(path, file, tail, identity, clock)
    // Stryker disable next-line ArrowFunction: saves time: a line that is not recognized is parsed.
    replay.recognize = (line) => writer.recognize(line)
    if (isDetached) replay.isSealed = true
    const limitBytes = Math.max(segmentBytes, 2 * snapshotBytes)
    return { number, path, file, replay, tail, writer, limitBytes, ...(isDetached && { isDetached }) }
  }
}

/** What the journal says once it is closed. */
export function createJournalClosed(): Error {
  return new CatalogError('CLOSED', 'the journal is closed', { what: 'journal' })
}

function placeOf({ disk, names, identity, canWrite }: SegmentChainParts): SegmentPlace {
  return { disk, names, writer: canWrite ? identity.id : undefined }
}
