import { toDiskError } from '@catalog/system-calls'
import { CatalogError, type Clock } from '@catalog/types'
import type { OpenFile } from '../disk/file-system.ts'
import { readFrom } from '../disk/read-file.ts'
import { createCut } from '../disk/store-error.ts'
import {
  type ChainPoint,
  formatRecord,
  type JournalRecord,
  type RecordContent,
  type RecordHeader,
} from '../format/record.ts'
import type { ReplayedRecord } from './replay.ts'
import type { SegmentTail } from './segment-tail.ts'

/** Ends a piece of a record so that no line feed of a later writer can make a record of it. */
const VOID = Buffer.from('!\n')

/** Who writes: the same through all segments that a store writes to. */
export interface WriterIdentity {
  /** Random for each opened store. */
  readonly id: string
  /** The number of the last record. */
  seq: number
  /** Set for good once a sync failed: Linux may report a later one as done though the data is lost. */
  failure?: unknown
}

/**
 * Appends this store's records to one segment, one at a time. The protocol: catch up, one `write`, compare the
 * count, `fdatasync`, read back the own record, and only then tell the outcome.
 */
export class SegmentWriter {
  readonly #path: string
  readonly #file: OpenFile
  readonly #tail: SegmentTail
  readonly #identity: WriterIdentity
  readonly #clock: Clock
  #synced: ChainPoint
  /** Whether what others had left unsynced was put there again, so that a sync of this file covers it. */
  #isRenewed = false
  /** The own record that is being written, and its line. */
  #written: { readonly line: Buffer; readonly record: JournalRecord } | undefined
  /** The same, once it was read back. */
  #readBack: ReplayedRecord | undefined

  /** Before anything of the tail is read: what a writer may call synced is at first only the snapshot. */
  constructor(path: string, file: OpenFile, tail: SegmentTail, identity: WriterIdentity, clock: Clock) {
    this.#path = path
    this.#file = file
    this.#tail = tail
    this.#identity = identity
    this.#clock = clock
    this.#synced = tail.replay.head
  }

  /** The record of a line that this writer has just written, which need not be parsed. */
  recognize(line: Buffer): JournalRecord | undefined {
    return this.#written?.line.equals(line) === true ? this.#written.record : undefined
  }

  /** To be called with every record that the tail reads. */
  observe(replayed: ReplayedRecord): void {
    const { writer, seq } = replayed.record
    // Stryker disable next-line ConditionalExpression: the records before were read back when they were written.
    if (writer === this.#identity.id && seq === this.#identity.seq) this.#readBack = replayed
  }

  /**
   * Writes one record and returns it as it was read back, durable; undefined where the segment was sealed first,
   * so that the record counts for nothing. Not to be called again before it settles. NO_SPACE and IO tell in
   * `details.outcome` whether the record may be there all the same.
   */
  async append(content: RecordContent): Promise<ReplayedRecord | undefined> {
    await this.#tail.catchUp()
    const { isSealed, cut } = this.#tail.replay
    if (isSealed) return undefined
    if (cut !== undefined) throw createCut(this.#path, cut)
    this.#assertUsable()
    await this.#renew()
    const shortage = await this.#write(this.#format(content))
    // A record cut short by its last line feed is complete all the same once another writer came after it.
    if (shortage !== undefined && this.#readBack === undefined) throw shortage
    await this.sync()
    await this.#readBackAll()
    return this.#acknowledge()
  }

  /** Makes durable what was read up to a record, unless it is known to be. */
  async syncUpTo(record: number): Promise<void> {
    if (record > this.#synced[0]) await this.sync()
  }

  /** A record without commits, so that the sync of the last commit is itself on record. Needs no sync of its own. */
  async mark(): Promise<void> {
    this.#assertUsable()
    await this.#tail.catchUp()
    if (this.#tail.replay.isSealed) return
    const shortage = await this.#write(this.#format({}))
    if (shortage !== undefined) throw shortage
  }

  /** Makes durable what any process wrote to the segment. A failed sync is final. */
  async sync(): Promise<void> {
    this.#assertUsable()
    await this.#renew()
    try {
      await this.#file.sync()
    } catch (error) {
      this.#identity.failure = error
      throw toDiskError(error, 'sync', this.#path, 'unknown')
    }
  }

  /**
   * A page that Linux failed to write counts as written from then on, and only a process that had the file open at that
   * moment is told. So what others wrote and no record states as synced is written again, byte for byte, before this store
   * builds on it.
   */
  async #renew(): Promise<void> {
    if (this.#isRenewed) return
    const start = this.#tail.replay.syncedBytes
    try {
      const { size } = await this.#file.status()
      // Stryker disable next-line ArithmeticOperator: a reading ends where the file does.
      const unsure = await readFrom(this.#file, start, size - start)
      if (unsure.length > 0) await this.#file.rewrite(unsure, start)
    } catch (error) {
      throw toDiskError(error, 'write again the end of', this.#path)
    }
    this.#isRenewed = true
  }

  #assertUsable(): void {
    if (this.#identity.failure === undefined) return
    const details = { operation: 'write', path: this.#path, outcome: 'none' } as const
    const message = `${this.#path} takes no more writes from this store since a sync failed; open it again`
    throw new CatalogError('IO', message, details, { cause: this.#identity.failure })
  }

  #format(content: RecordContent): Buffer {
    this.#identity.seq += 1
    this.#readBack = undefined
    const header = {
      after: this.#tail.replay.head,
      synced: this.#synced,
      writer: this.#identity.id,
      seq: this.#identity.seq,
      at: this.#clock.now().toISOString(),
    }
    const bytes = formatRecord(header, content)
    this.#written = { line: bytes.subarray(1, -1), record: toRecord(header, content) }
    return bytes
  }

  /** Undefined where all bytes were written; else the error to report unless the record turns out to be there. */
  async #write(bytes: Buffer): Promise<unknown> {
    const record = await this.#appendOnce(bytes)
    if (record.written === bytes.length) return undefined
    // Stryker disable next-line ObjectLiteral: where nothing was written, nothing is open.
    const end = record.written > 0 ? await this.#appendOnce(VOID) : { written: 0 }
    await this.#readBackAll()
    // With all but its line feed there, the next writer's line feed would complete the record.
    const isOpen = record.written === bytes.length - 1 && this.#readBack === undefined
    // A power cut could take what makes it void, and leave the rest.
    if (isOpen && end.written > 0) await this.sync()
    const cause = record.error ?? end.error ?? Object.assign(new Error('cut short'), { code: 'ENOSPC' })
    return toDiskError(cause, 'append to', this.#path, isOpen && end.written === 0 ? 'unknown' : 'none')
  }

  /** Where this fails, the record may be there all the same. */
  async #readBackAll(): Promise<void> {
    try {
      await this.#tail.catchUp()
      await this.#tail.assertNamed()
    } catch (error) {
      throw toDiskError(error, 'read back', this.#path, 'unknown')
    }
  }

  async #appendOnce(bytes: Buffer): Promise<{ written: number; error?: unknown }> {
    try {
      return { written: await this.#file.append(bytes) }
    } catch (error) {
      return { written: 0, error }
    }
  }

  #acknowledge(): ReplayedRecord | undefined {
    const written = this.#readBack
    if (written !== undefined) {
      // Stryker disable next-line StringLiteral: only the types need this: what was read has a prefix.
      this.#synced = [written.number, this.#tail.replay.prefixAt(written.number) ?? '']
      return written
    }
    if (this.#tail.replay.isSealed) return undefined
    const details = { operation: 'read back', path: this.#path, outcome: 'unknown' } as const
    throw new CatalogError('IO', `the record just written to ${this.#path} is not in it`, details)
  }
}

function toRecord(header: RecordHeader, { commits, seal }: RecordContent): JournalRecord {
  return {
    ...header,
    ...(commits !== undefined && { commits: commits.map(({ wire }) => wire) }),
    ...(seal !== undefined && { seal }),
  }
}
