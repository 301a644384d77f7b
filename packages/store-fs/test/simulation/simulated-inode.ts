import type { Random } from './random.ts'

const SECTOR_BYTES = 512
const LEAST_ROOM = 1024

/** Bytes that a power cut may take. `failed`: a sync of them failed, so no later one makes them durable. */
interface UnsureRange {
  readonly start: number
  readonly end: number
  failed: boolean
}

/** The range in up to three, of which the one inside is to be written again. */
function cutOut({ start, end, failed }: UnsureRange, from: number, to: number): UnsureRange[] {
  const parts = [
    { start, end: Math.min(end, from), failed },
    { start: Math.max(start, from), end: Math.min(end, to), failed: false },
    { start: Math.max(start, to), end, failed },
  ]
  return parts.filter((part) => part.start < part.end)
}

/**
 * A file as Linux keeps it: what any process reads (the page cache), and what of that would survive a power
 * cut. Append-only, as every file of the store is.
 */
export class SimulatedInode {
  readonly number: number
  #bytes: Buffer
  /** Whether a clone uses the same buffer. It is copied before the next change. */
  #isShared = false
  #size = 0
  /** The length of the file that survives a power cut. */
  #syncedSize = 0
  #unsure: UnsureRange[] = []
  /** Syncs that failed: every descriptor that was open then is told of it once (`errseq_t` in Linux). */
  failedSyncs = 0

  constructor(number: number, bytes: Buffer = Buffer.alloc(LEAST_ROOM)) {
    this.number = number
    this.#bytes = bytes
  }

  get size(): number {
    return this.#size
  }

  /** A view of the page cache, not a copy. Read-only: a clone may share it. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size)
  }

  /** Changes bytes in the page cache as a fault of the machine does. */
  damage(change: (bytes: Buffer) => void): void {
    this.#reserve(this.#size)
    change(this.bytes)
  }

  get hasUnsynced(): boolean {
    return this.#unsure.length > 0
  }

  read(buffer: Uint8Array, position: number): number {
    const piece = this.#bytes.subarray(position, Math.min(this.#size, position + buffer.length))
    buffer.set(piece)
    return piece.length
  }

  append(bytes: Uint8Array): number {
    if (bytes.length === 0) return 0
    const start = this.#size
    this.#size += bytes.length
    this.#reserve(this.#size)
    this.#bytes.set(bytes, start)
    this.#unsure.push({ start, end: this.#size, failed: false })
    return bytes.length
  }

  /** The same bytes again, which may not be others: what a sync has failed on is to be written once more. */
  rewrite(bytes: Uint8Array, position: number): void {
    const end = position + bytes.length
    if (!this.bytes.subarray(position, end).equals(bytes)) throw new Error('other bytes written in place')
    this.#unsure = this.#unsure.flatMap((range) => cutOut(range, position, end))
  }

  /** `fdatasync`: everything that any process has appended is durable, but for what an earlier one failed on. */
  sync(): void {
    this.#unsure = this.#unsure.filter(({ failed }) => failed)
    this.#syncedSize = this.#size
  }

  /** A sync that fails with an input/output error leaves the pages clean and not durable. */
  failSync(): void {
    this.failedSyncs += 1
    for (const range of this.#unsure) range.failed = true
  }

  /**
   * What a power cut makes of the file: at least what was synced, and of the rest a prefix, or a length whose
   * sectors hold zeros here and there. True where it took bytes that a failed sync had left behind.
   */
  loseUnsynced(random: Random): boolean {
    if (this.#unsure.length === 0) return false
    const kept = this.#syncedSize + random.below(this.#size - this.#syncedSize + 1)
    const size = random.pick([this.#syncedSize, kept, this.#size])
    const zeroing = random.pick([0, 0.5, 1])
    let hasLostFailed = false
    for (const { start, end, failed } of this.#unsure) {
      const hasLost = this.#loseSectors(start, Math.min(end, size), failed ? random.next() : zeroing, random)
      hasLostFailed ||= failed && (hasLost || end > size)
    }
    this.#size = size
    this.#syncedSize = size
    this.#unsure = []
    return hasLostFailed
  }

  clone(): SimulatedInode {
    const copy = new SimulatedInode(this.number, this.#bytes)
    this.#isShared = true
    copy.#isShared = true
    copy.#size = this.#size
    copy.#syncedSize = this.#syncedSize
    copy.#unsure = this.#unsure.map((range) => ({ ...range }))
    return copy
  }

  /** Each sector of the range as a whole; of one that is durable in part only the rest. */
  #loseSectors(start: number, end: number, probability: number, random: Random): boolean {
    let hasLost = false
    for (let from = start; from < end; ) {
      const to = Math.min(end, (Math.floor(from / SECTOR_BYTES) + 1) * SECTOR_BYTES)
      if (random.chance(probability)) {
        this.#reserve(this.#size)
        this.#bytes.fill(0, from, to)
        hasLost = true
      }
      from = to
    }
    return hasLost
  }

  /** Makes sure that the buffer is not shared and has room for `size` bytes. */
  #reserve(size: number): void {
    if (size <= this.#bytes.length && !this.#isShared) return
    const own = Buffer.alloc(
      size <= this.#bytes.length ? this.#bytes.length : Math.max(size, this.#bytes.length * 2),
    )
    own.set(this.bytes)
    this.#bytes = own
    this.#isShared = false
  }
}
