import { toDiskError } from '@catalog/system-calls'
import { CatalogError, type Clock } from '@catalog/types'
import type { OpenFile } from '../disk/file-system.ts'
import { readFrom } from '../disk/read-file.ts'
import { createCut } from '../disk/store-error.ts'
import { extendPrefix } from '../format/checksum.ts'
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

/** A line that was written, without its line feeds, and its record. */
interface WrittenLine {
  readonly line: Buffer
  readonly record: JournalRecord
}

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
  /** The own records that are being written, with their lines, but for those that were read back. */
  #written: readonly WrittenLine[] = []
  /** What was read back of them. */
  #readBack: ReplayedRecord[] = []

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
    const written = this.#written[this.#readBack.length]
    return written?.line.equals(line) === true ? written.record : undefined
  }

  /** To be called with every record that the tail reads. */
  observe(replayed: ReplayedRecord): void {
    const { writer, seq } = replayed.record
    const written = this.#written[this.#readBack.length]
    // Stryker disable next-line ConditionalExpression: the records before were read back when they were written.
    if (writer !== this.#identity.id || seq !== written?.record.seq) return
    this.#readBack.push(replayed)
  }

  /**
   * Writes one record and returns it as it was read back, durable; undefined where the segment was sealed first,
   * so that the record counts for nothing. Not to be called again before it settles. NO_SPACE and IO tell in
   * `details.outcome` whether the record may be there all the same.
   */
  async append(content: RecordContent): Promise<ReplayedRecord | undefined> {
    return (await this.appendAll([content]))?.[0]
  }

  /**
   * The same of several records, in one `write` and with one `fdatasync`. Each builds on the one before. If another writer came in
   * between, or an error ended it, the first ones may count and the others not: those that count are returned.
   *
   * @param last the number of the record behind which they have to be: nothing is written if another one is the last
   */
  async appendAll(
    contents: readonly RecordContent[],
    last?: number,
  ): Promise<readonly ReplayedRecord[] | undefined> {
    await this.#tail.catchUp()
    const { isSealed, cut } = this.#tail.replay
    if (isSealed) return undefined
    if (cut !== undefined) throw createCut(this.#path, cut)
    this.#assertUsable()
    await this.#renew()
    const bytes = this.#format(contents)
    // Looked at last, so that there is next to no time for another writer.
    if (last !== undefined && !(await this.#isLast(last))) return []
    const shortage = await this.#write(bytes)
    // A record cut short by its last line feed is complete all the same once another writer came after it.
    if (shortage !== undefined && this.#readBack.length < contents.length) throw shortage
    await this.sync()
    await this.#readBackAll()
    return this.#acknowledge()
  }

  async #isLast(number: number): Promise<boolean> {
    await this.#tail.catchUp()
    return this.#tail.replay.head[0] === number
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
    const shortage = await this.#write(this.#format([{}]))
    if (shortage !== undefined) throw shortage
  }

  /**
   * Makes void, durably, a record that a killed writer left without its line feed: the line feed that the next record begins
   * with would complete it.
   */
  async voidOpenLine(): Promise<void> {
    await this.#tail.catchUp()
    if (!this.#tail.hasOpenLine) return
    this.#assertUsable()
    const { written, error } = await this.#appendOnce(VOID)
    if (written < VOID.length) throw toDiskError(error ?? createCutShort(), 'append to', this.#path, 'none')
    // A power cut could take what makes it void, and leave what comes after.
    await this.sync()
    await this.#tail.catchUp()
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

  #format(contents: readonly RecordContent[]): Buffer {
    const written: WrittenLine[] = []
    const records: Buffer[] = []
    let after = this.#tail.replay.head
    for (const content of contents) {
      this.#identity.seq += 1
      const header = {
        after,
        synced: this.#synced,
        writer: this.#identity.id,
        seq: this.#identity.seq,
        at: content.at ?? this.#clock.now().toISOString(),
      }
      const bytes = formatRecord(header, content)
      const line = bytes.subarray(1, -1)
      // Stryker disable next-line ConditionalExpression: saves a digest that no record needs.
      if (written.length < contents.length - 1) after = [after[0] + 1, extendPrefix(after[1], line)]
      records.push(bytes)
      written.push({ line, record: toRecord(header, content) })
    }
    this.#written = written
    this.#readBack = []
    const [only] = records
    return only !== undefined && records.length === 1 ? only : Buffer.concat(records)
  }

  /** Undefined where all bytes were written; else the error to report unless the record turns out to be there. */
  async #write(bytes: Buffer): Promise<unknown> {
    const record = await this.#appendOnce(bytes)
    if (record.written === bytes.length) return undefined
    // Stryker disable next-line ObjectLiteral: where nothing was written, nothing is open.
    const end = record.written > 0 ? await this.#appendOnce(VOID) : { written: 0 }
    await this.#readBackAll()
    // With all but its line feed there, the next writer's line feed would complete the record.
    const isOpen = record.written === bytes.length - 1 && this.#readBack.length < this.#written.length
    // A power cut could take what makes it void, and leave the rest.
    if (isOpen && end.written > 0) await this.sync()
    const cause = record.error ?? end.error ?? createCutShort()
    // Of several, the first ones may count.
    const isUnknown = (isOpen && end.written === 0) || this.#readBack.length > 0
    return toDiskError(cause, 'append to', this.#path, isUnknown ? 'unknown' : 'none')
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

  #acknowledge(): readonly ReplayedRecord[] | undefined {
    const last = this.#readBack.at(-1)
    if (last !== undefined) {
      // Stryker disable next-line StringLiteral: only the types need this: what was read has a prefix.
      this.#synced = [last.number, this.#tail.replay.prefixAt(last.number) ?? '']
      return this.#readBack
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

function createCutShort(): Error {
  return Object.assign(new Error('cut short'), { code: 'ENOSPC' })
}
