import { isCatalogError } from '@catalog/types'
import type { OpenFile } from './file-system.ts'
import { MAX_LINE_BYTES } from './limits.ts'
import { splitLines } from './line-splitter.ts'
import { readAt } from './read-file.ts'
import type { Replay, ReplayedRecord } from './replay.ts'
import { createDamaged } from './store-error.ts'

const PIECE_BYTES = 1 << 20

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
  #running: Promise<void> | undefined
  #queued: Promise<void> | undefined
  #failure: unknown

  constructor(path: string, file: OpenFile, replay: Replay, onRecord: (replayed: ReplayedRecord) => void) {
    this.#path = path
    this.#file = file
    this.replay = replay
    this.#onRecord = onRecord
  }

  /** Bytes of complete lines read so far. */
  get length(): number {
    return this.#offset
  }

  /** True where nothing was added since the last look: one `fstat`. A promise only where the disk gives one. */
  isCurrent(): boolean | Promise<boolean> {
    if (this.#failure !== undefined || this.#running !== undefined) return false
    const size = this.#file.size()
    return typeof size === 'number' ? size === this.#seenSize : size.then((now) => now === this.#seenSize)
  }

  /**
   * Reads all that was in the file when this was called. A look that is already under way may have begun too
   * early to count, so a call that meets one waits for the next, which all such calls share.
   */
  catchUp(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#readNew().finally(() => {
        this.#running = undefined
      })
      return this.#running
    }
    this.#queued ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#queued = undefined
        return this.catchUp()
      })
    return this.#queued
  }

  async #readNew(): Promise<void> {
    // A state that damage stopped half-way must not be extended by a later look; a failed read may be tried again.
    if (this.#failure !== undefined) throw this.#failure
    // Nothing behind a seal counts, and the file may be closed by now.
    if (this.replay.isSealed) return
    const size = await this.#file.size()
    if (size === this.#seenSize) return
    try {
      if (size < this.#offset)
        throw createDamaged(this.#path, `it shrank from ${this.#offset} to ${size} bytes`, {
          offset: size,
          length: this.#offset - size,
        })
      await this.#readTo(size)
    } catch (error) {
      if (isCatalogError(error)) this.#failure = error
      throw error
    }
    this.#seenSize = size
  }

  async #readTo(size: number): Promise<void> {
    let pieceBytes = PIECE_BYTES
    let position = this.#offset
    while (position < size) {
      const piece = await readAt(this.#file, position, Math.min(pieceBytes, size - position))
      if (piece.length === 0) return
      const { lines, consumed } = splitLines(piece, position)
      for (const line of lines) this.#takeLine(line)
      this.#offset += consumed
      if (consumed === 0) this.#assertLineFits(position, piece.length)
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
