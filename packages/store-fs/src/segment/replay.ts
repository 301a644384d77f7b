import { createDamaged } from '../disk/store-error.ts'
import { extendPrefix } from '../format/checksum.ts'
import type { Line } from '../format/line-splitter.ts'
import { createDamagedAt, type Place } from '../format/place.ts'
import { type ChainPoint, type JournalRecord, parseLine } from '../format/record.ts'
import { findContentProblem, findHeaderProblem } from '../format/record-form.ts'
import type { AppliedCommit, CatalogState } from '../state/catalog-state.ts'
import { FrontQueue } from './front-queue.ts'

/** A record that was read, its number in the catalog's chain, and what became of its commits. */
export interface ReplayedRecord {
  readonly record: JournalRecord
  readonly number: number
  readonly outcomes: readonly AppliedCommit[]
  /** Where its line stands. */
  readonly place: Place
}

/** A line that is not a record, and the number of the last record before it. */
interface BadLine {
  readonly offset: number
  readonly recordsBefore: number
}

/** The end of a segment that a power cut took: from here on, nothing was acknowledged. */
export interface CutTail {
  readonly offset: number
  /** Records behind that build on what is gone. */
  records: number
}

/**
 * Turns the lines of one segment, in order, into the state that they make, and checks on the way that no record
 * that another record relied on is gone.
 */
export class Replay {
  readonly state: CatalogState
  /** Lines that are not records and that no record contradicts: unfinished writes, never acknowledged. */
  tornLines = 0
  /** Set by the record that ends the segment; nothing behind it counts. */
  isSealed = false
  /** Set where records build on unsynced ones that are gone; nothing behind counts. */
  cut: CutTail | undefined
  /** The record of a line that is known without parsing, because this store wrote it. */
  recognize: (line: Buffer) => JournalRecord | undefined = () => undefined
  readonly #path: string
  readonly #first: number
  readonly #prefixes: string[]
  /**
   * Bad lines, the first behind each record, until a record shows that its writer took them for unfinished as well: of
   * more than one in a row, nothing is told but where they begin.
   */
  readonly #unexplained: FrontQueue<BadLine> = new FrontQueue()
  /** The last record that a later one builds on. */
  #builtOn: number
  /** The records that no `synced` vouches for yet, and where they end. */
  readonly #unsynced: FrontQueue<{ readonly number: number; readonly end: number }> = new FrontQueue()
  /** Where the last record ends that is known to be on the disk. */
  syncedBytes = 0

  /** @param start the chain at the beginning of the segment, as its snapshot has it. */
  constructor(path: string, state: CatalogState, start: ChainPoint) {
    this.#path = path
    this.state = state
    this.#first = start[0]
    this.#builtOn = start[0]
    this.#prefixes = [start[1]]
  }

  /** The last record read. */
  get head(): ChainPoint {
    // Stryker disable next-line StringLiteral: only the types need this: the last record has a prefix.
    return [this.#number, this.prefixAt(this.#number) ?? '']
  }

  get #number(): number {
    return this.#first + this.#prefixes.length - 1
  }

  /** The prefix digest up to a record of this segment; undefined for any other record. */
  prefixAt(number: number): string | undefined {
    return this.#prefixes[number - this.#first]
  }

  /** Takes in the next line; undefined where it counts for nothing. DAMAGED where the chain does not hold. */
  take(line: Line): ReplayedRecord | undefined {
    if (this.isSealed) return undefined
    const json = this.recognize(line.bytes) ?? this.#parse(line)
    if (json === undefined) {
      this.tornLines += 1
      this.#note({ offset: line.offset, recordsBefore: this.#number })
      return undefined
    }
    this.#assertForm(findHeaderProblem(json), line)
    const record = json as JournalRecord
    if (!this.#isInChain(record, line)) return undefined
    this.#assertForm(findContentProblem(record), line)
    const place = this.#placeOf(line)
    this.#explain(record.after[0])
    this.#prefixes.push(record.mended ?? extendPrefix(this.head[1], line.bytes))
    this.#vouch(record.synced[0], line)
    if (record.seal === true) this.isSealed = true
    const outcomes = (record.commits ?? []).map((commit) => this.state.apply(commit, place))
    return { record, number: this.head[0], outcomes, place }
  }

  #parse(line: Line): unknown {
    try {
      return parseLine(line.bytes)
    } catch (cause) {
      const problem = `record ${this.#number + 1} has a valid checksum but is not JSON: ${String(cause)}`
      throw createDamagedAt(this.#placeOf(line), problem, { cause })
    }
  }

  #assertForm(problem: string | undefined, line: Line): void {
    if (problem === undefined) return
    const what = `record ${this.#number + 1} has a valid checksum but not the right form`
    throw createDamagedAt(this.#placeOf(line), `${what}: ${problem}`)
  }

  #placeOf({ offset, bytes }: Line): Place {
    return { path: this.#path, offset, length: bytes.length, recordsBefore: this.#number }
  }

  /**
   * What a record builds on must be what we have read, else something before it is gone or changed. Where its
   * writer had synced that, it is damage; if it had not, a power cut took it before any caller was told.
   */
  #isInChain(record: JournalRecord, line: Line): boolean {
    if (!this.#holds(record.synced)) {
      throw this.#damaged(line, 'a record before this one is missing or was changed')
    }
    if (this.cut === undefined && this.#holds(record.after)) return true
    this.cut ??= { offset: line.offset, records: 0 }
    this.cut.records += 1
    return false
  }

  #holds([number, prefix]: ChainPoint): boolean {
    return this.prefixAt(number) === prefix
  }

  #vouch(synced: number, { offset, bytes }: Line): void {
    this.#unsynced.push({ number: this.#number, end: offset + bytes.length })
    this.syncedBytes = this.#unsynced.takeWhile(({ number }) => number <= synced)?.end ?? this.syncedBytes
  }

  #note(bad: BadLine): void {
    // Stryker disable next-line ConditionalExpression: saves memory: of bad lines in a row only the first is told.
    if (this.#unexplained.last?.recordsBefore !== bad.recordsBefore) this.#unexplained.push(bad)
  }

  /** A writer that went on from a record behind a bad line, with our digest, had read that line as we did. */
  #explain(after: number): void {
    this.#builtOn = Math.max(this.#builtOn, after)
    this.#unexplained.takeWhile(({ recordsBefore }) => recordsBefore < after)
  }

  /**
   * The damage reaches from the first bad line that is not explained to the record that contradicts it. Of what was
   * read behind that line it is unknown whether it took effect. Without any bad line, records were cut out.
   */
  #damaged(line: Line, problem: string): Error {
    const bad = this.#unexplained.first
    const offset = bad?.offset ?? line.offset
    const length = line.offset + (bad === undefined ? line.bytes.length : 0) - offset
    const recordsBefore = bad?.recordsBefore ?? this.#builtOn
    return createDamaged(this.#path, problem, { offset, length, recordsBefore })
  }
}
