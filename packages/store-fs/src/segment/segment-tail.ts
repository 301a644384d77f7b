import { isCatalogError } from '@catalog/types'
import type { FileStatus, OpenFile } from '../disk/file-system.ts'
import { FreshLook } from '../disk/fresh-look.ts'
import { readFrom } from '../disk/read-file.ts'
import { createDamaged, createReplaced } from '../disk/store-error.ts'
import { MAX_LINE_BYTES } from '../format/limits.ts'
import { splitLines } from '../format/line-splitter.ts'
import type { Replay, ReplayedRecord } from './replay.ts'

/** About a hundred records: between pieces the process does its other work. */
const PIECE_BYTES = 1 << 18
/** How often a reader makes sure that others still find the file that it follows. A writer does it each time. */
const NAMED_EVERY_MS = 1000

export interface SegmentTailParts {
  readonly path: string
  readonly file: OpenFile
  readonly replay: Replay
  readonly onRecord: (replayed: ReplayedRecord) => void
  readonly nowMs: () => number
}

/** Follows a segment as all its writers extend it. */
export class SegmentTail {
  readonly replay: Replay
  readonly #path: string
  readonly #file: OpenFile
  readonly #onRecord: (replayed: ReplayedRecord) => void
  /** Where the first byte that belongs to no complete line stands. */
  #offset = 0
  /** The size up to which the file has been looked at. */
  #seenSize = 0
  readonly #nowMs: () => number
  /** When the file was last seen to be what stands at its path. */
  #namedAtMs: number
  readonly #look: FreshLook<void> = new FreshLook(() => this.#readNew())
  #failure: unknown
  #inode = 0

  constructor({ path, file, replay, onRecord, nowMs }: SegmentTailParts) {
    this.#path = path
    this.#file = file
    this.replay = replay
    this.#onRecord = onRecord
    this.#nowMs = nowMs
    this.#namedAtMs = nowMs()
  }

  /** Of the file; 0 where it was not looked at yet. */
  get inode(): number {
    return this.#inode
  }

  /** Bytes of complete lines read so far. */
  get length(): number {
    return this.#offset
  }

  /** Whether the last look found a line without its line feed at the end: what is left of a write, or one under way. */
  get hasOpenLine(): boolean {
    return !this.replay.isSealed && this.#seenSize > this.#offset
  }

  /** True where nothing was added since the last look: one `fstat`. A promise only where the disk gives one. */
  isCurrent(): boolean | Promise<boolean> {
    if (this.#failure !== undefined || this.#look.isRunning || this.#isLookAtNameDue) return false
    const status = this.#file.status()
    return status instanceof Promise ? status.then((now) => this.#isSeen(now)) : this.#isSeen(status)
  }

  /** Reads all that was in the file when this was called. */
  catchUp(): Promise<void> {
    return this.#look.take()
  }

  /** The same as {@link assertNamed}, once a second. */
  async assertNamedIfDue(): Promise<void> {
    if (this.#isLookAtNameDue) await this.assertNamed()
  }

  /** CATALOG_REPLACED if another file is at its path: no other store will read what is written to this one. */
  async assertNamed(): Promise<void> {
    this.#namedAtMs = this.#nowMs()
    if (this.replay.isSealed || (await this.#file.isNamed())) return
    // A store that is behind finds a seal at its end: then it was pruned.
    await this.catchUp()
    if (!this.replay.isSealed) throw this.#fail(createReplaced(this.#path))
  }

  #isSeen({ size, nlink }: FileStatus): boolean {
    return size === this.#seenSize && nlink > 0
  }

  get #isLookAtNameDue(): boolean {
    return this.#nowMs() - this.#namedAtMs > NAMED_EVERY_MS
  }

  #fail(failure: unknown): unknown {
    this.#failure = failure
    return failure
  }

  async #readNew(): Promise<void> {
    // A state that damage stopped half-way must not be extended by a later look; a failed read may be tried again.
    if (this.#failure !== undefined) throw this.#failure
    // Nothing behind a seal counts, and the file may be closed by now.
    if (this.replay.isSealed) return
    const { size, ino, nlink } = await this.#file.status()
    this.#inode = ino
    // Stryker disable next-line ConditionalExpression: saves a look at what is left of a line that is not whole.
    if (size !== this.#seenSize) await this.#readTo(size).catch((error) => this.#rethrow(error))
    this.#seenSize = size
    if (nlink === 0 && !this.replay.isSealed) throw this.#fail(createReplaced(this.#path))
  }

  #rethrow(error: unknown): never {
    throw isCatalogError(error) ? this.#fail(error) : error
  }

  async #readTo(size: number): Promise<void> {
    if (size < this.#offset) {
      const place = { offset: size, length: this.#offset - size }
      throw createDamaged(this.#path, `it shrank from ${this.#offset} to ${size} bytes`, place)
    }
    let pieceBytes = PIECE_BYTES
    let position = this.#offset
    // Stryker disable next-line EqualityOperator: at the end nothing is read, and that ends it too.
    while (position < size) {
      const piece = await readFrom(this.#file, position, Math.min(pieceBytes, size - position))
      if (piece.length === 0) return
      const { lines, consumed } = splitLines(piece, position)
      for (const line of lines) this.#takeLine(line)
      this.#offset += consumed
      // Stryker disable next-line ConditionalExpression: a piece with a whole line in it is not too long.
      if (consumed === 0) this.#assertLineFits(position, piece.length)
      // Stryker disable next-line ConditionalExpression: saves a look at what is left of a line that is not whole.
      if (consumed === 0 && position + piece.length >= size) return
      // A line longer than the piece: look again at all of it.
      if (consumed === 0) pieceBytes = Math.min(2 * pieceBytes, MAX_LINE_BYTES + 1)
      position = this.#offset
    }
  }

  #assertLineFits(offset: number, length: number): void {
    if (length <= MAX_LINE_BYTES) return
    const place = { offset, length, recordsBefore: this.replay.head[0] }
    throw createDamaged(this.#path, `a line is longer than ${MAX_LINE_BYTES} bytes`, place)
  }

  #takeLine(line: Parameters<Replay['take']>[0]): void {
    const replayed = this.replay.take(line)
    if (replayed !== undefined) this.#onRecord(replayed)
  }
}
