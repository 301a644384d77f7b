import { CatalogError, type Clock } from '@catalog/types'
import type { AppliedCommit } from './catalog-state.ts'
import type { OpenFile } from './file-system.ts'
import { type ChainPoint, formatRecord } from './record.ts'
import type { ReplayedRecord } from './replay.ts'
import type { SegmentTail } from './segment-tail.ts'
import { toStoreError } from './store-error.ts'

/** Ends a piece of a record so that no line feed of a later writer can make a record of it. */
const VOID = Buffer.from('!\n')

/**
 * Appends this store's records to the segment, one at a time. The protocol of DESIGN: catch up, one `write`,
 * compare the count, `fdatasync`, read back the own record, and only then tell the outcome.
 */
export class SegmentWriter {
  readonly #path: string
  readonly #file: OpenFile
  readonly #tail: SegmentTail
  readonly #writer: string
  readonly #clock: Clock
  #seq = 0
  readonly #start: ChainPoint
  #synced: ChainPoint
  /** The own record that is being written, once it was read back. */
  #readBack: ReplayedRecord | undefined
  /** Set for good once a sync failed: Linux may report a later one as done though the data is lost. */
  #failure: unknown
  #hasUnmarkedCommits = false
  /** The write under way: the next one begins when it has settled. */
  #turn: Promise<unknown> = Promise.resolve()

  /** Before anything of the tail is read: what a writer may call synced is at first only the snapshot. */
  constructor(path: string, file: OpenFile, tail: SegmentTail, writer: string, clock: Clock) {
    this.#path = path
    this.#file = file
    this.#tail = tail
    this.#writer = writer
    this.#clock = clock
    this.#start = tail.replay.head
    this.#synced = this.#start
  }

  /** Whether this store ever committed something. */
  get hasCommitted(): boolean {
    return this.#synced !== this.#start
  }

  /** Whether this store committed something that no mark covers yet. */
  get hasUnmarkedCommits(): boolean {
    return this.#hasUnmarkedCommits
  }

  /** To be called with every record that the tail reads. */
  observe(replayed: ReplayedRecord): void {
    const { writer, seq } = replayed.record
    if (writer === this.#writer && seq === this.#seq) this.#readBack = replayed
  }

  /**
   * Writes one record of these commits (JSON texts) and returns the outcome of each; then it is durable.
   * NO_SPACE and IO tell in `details.outcome` whether the record may be there all the same.
   */
  append(commits: readonly string[]): Promise<readonly AppliedCommit[]> {
    return this.#inTurn(() => this.#appendCommits(commits))
  }

  /** A record without commits, so that the sync of the last commit is itself on record. Needs no sync of its own. */
  mark(): Promise<void> {
    return this.#inTurn(() => this.#appendMark())
  }

  async #appendCommits(commits: readonly string[]): Promise<readonly AppliedCommit[]> {
    this.#assertUsable()
    await this.#tail.catchUp()
    const shortage = await this.#write(formatRecord(this.#nextHeader(), commits))
    // A record cut short by its last line feed is complete all the same once another writer came after it.
    if (shortage !== undefined && this.#readBack === undefined) throw shortage
    await this.#sync()
    await this.#tail.catchUp()
    return this.#acknowledge().outcomes
  }

  async #appendMark(): Promise<void> {
    if (!this.#hasUnmarkedCommits) return
    this.#assertUsable()
    await this.#tail.catchUp()
    const shortage = await this.#write(formatRecord(this.#nextHeader(), []))
    if (shortage !== undefined) throw shortage
    this.#hasUnmarkedCommits = false
  }

  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(write)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  #assertUsable(): void {
    if (this.#failure === undefined) return
    const details = { operation: 'write', path: this.#path, outcome: 'none' } as const
    const message = `${this.#path} takes no more writes from this store since a sync failed; open it again`
    throw new CatalogError('IO', message, details, { cause: this.#failure })
  }

  #nextHeader(): Parameters<typeof formatRecord>[0] {
    this.#seq += 1
    this.#readBack = undefined
    return {
      after: this.#tail.replay.head,
      synced: this.#synced,
      writer: this.#writer,
      seq: this.#seq,
      at: this.#clock.now().toISOString(),
    }
  }

  /** Undefined where all bytes were written; else the error to report unless the record turns out to be there. */
  async #write(bytes: Buffer): Promise<unknown> {
    const record = await this.#appendOnce(bytes)
    if (record.written === bytes.length) return undefined
    const end = record.written > 0 ? await this.#appendOnce(VOID) : { written: 0 }
    await this.#tail.catchUp()
    // With all but its line feed there and not made void, the next writer's line feed would complete the record.
    const isOpen = end.written === 0 && record.written === bytes.length - 1
    const cause = record.error ?? end.error ?? Object.assign(new Error('cut short'), { code: 'ENOSPC' })
    return toStoreError(cause, 'append to', this.#path, isOpen ? 'unknown' : 'none')
  }

  async #appendOnce(bytes: Buffer): Promise<{ written: number; error?: unknown }> {
    try {
      return { written: await this.#file.append(bytes) }
    } catch (error) {
      return { written: 0, error }
    }
  }

  async #sync(): Promise<void> {
    try {
      await this.#file.sync()
    } catch (error) {
      this.#failure = error
      throw toStoreError(error, 'sync', this.#path, 'unknown')
    }
  }

  #acknowledge(): ReplayedRecord {
    if (this.#readBack === undefined) {
      const details = { operation: 'read back', path: this.#path, outcome: 'unknown' } as const
      throw new CatalogError('IO', `the record just written to ${this.#path} is not in it`, details)
    }
    const { number } = this.#readBack
    this.#synced = [number, this.#tail.replay.prefixAt(number) ?? '']
    this.#hasUnmarkedCommits = true
    return this.#readBack
  }
}
