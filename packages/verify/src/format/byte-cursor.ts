/** How much is read at a time: what is in memory is walked without a pause, in about a millisecond. */
const WINDOW_BYTES = 256 * 1024
/** The headers of the largest vocabularies have about 20 MB. */
const MAX_READ_BYTES = 256 * 1024 * 1024
const EMPTY = new DataView(new ArrayBuffer(0))

/** Reads so many bytes of a file from an offset on, fewer only where it ends. */
export type ReadBytes = (offset: number, length: number) => Promise<Uint8Array>

/** The file ends before what was to be read. */
export class EndOfFileError extends Error {
  readonly neededBytes: number

  constructor(neededBytes: number) {
    super(`the file needs ${neededBytes} bytes`)
    this.neededBytes = neededBytes
  }
}

/** More was to be read than any header has. */
export class LimitError extends Error {}

/** Numbers of a file, one after the other; what is skipped is not read. */
export class ByteCursor {
  offset = 0
  readonly #read: ReadBytes
  readonly #sizeBytes: number
  readonly #isLittleEndian: boolean
  #window: DataView = EMPTY
  #windowOffset = 0
  #readBytes = 0

  constructor(
    read: ReadBytes,
    { sizeBytes, isLittleEndian }: { sizeBytes: number; isLittleEndian: boolean },
  ) {
    this.#read = read
    this.#sizeBytes = sizeBytes
    this.#isLittleEndian = isLittleEndian
  }

  /** Whether the next bytes are in memory, so that they need not be loaded. */
  has(length: number): boolean {
    const start = this.offset - this.#windowOffset
    return start >= 0 && start + length <= this.#window.byteLength
  }

  /**
   * Reads at least the next bytes. Rejects with an EndOfFileError if the file ends before, and with a LimitError once
   * more was read than a header has.
   */
  async load(length: number): Promise<void> {
    if (this.offset + length > this.#sizeBytes) throw new EndOfFileError(this.offset + length)
    this.#readBytes += Math.max(length, WINDOW_BYTES)
    if (this.#readBytes > MAX_READ_BYTES) throw new LimitError()
    const bytes = await this.#read(this.offset, Math.max(length, WINDOW_BYTES))
    if (bytes.byteLength < length) throw new EndOfFileError(this.offset + length)
    this.#window = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#windowOffset = this.offset
  }

  /** Of bytes that are in memory. */
  uint8(): number {
    return this.#window.getUint8(this.#advance(1))
  }

  /** Of bytes that are in memory. */
  uint32(): number {
    return this.#window.getUint32(this.#advance(4), this.#isLittleEndian)
  }

  /** Of one, two or four bytes that are in memory. */
  uint(length: number): number {
    if (length === 1) return this.uint8()
    return length === 2 ? this.#window.getUint16(this.#advance(2), this.#isLittleEndian) : this.uint32()
  }

  /** Of bytes that are in memory. */
  uint64(): bigint {
    return this.#window.getBigUint64(this.#advance(8), this.#isLittleEndian)
  }

  /** Of bytes that are in memory. */
  bytes(length: number): Uint8Array {
    const start = this.#window.byteOffset + this.#advance(length)
    return new Uint8Array(this.#window.buffer, start, length)
  }

  /**
   * Skips up to so many strings, each behind its length, and returns how many. Stops before one whose length is not in
   * memory, or that ends behind the file: that is left to the caller.
   */
  skipStrings(count: number, lengthBytes: 4 | 8): number {
    const window = this.#window
    let start = this.offset - this.#windowOffset
    let skipped = 0
    for (; skipped < count && start >= 0 && start + lengthBytes <= window.byteLength; skipped += 1) {
      const length = this.#lengthAt(start, lengthBytes)
      const end = start + lengthBytes + length
      if (this.#windowOffset + end > this.#sizeBytes) break
      start = end
    }
    this.offset = this.#windowOffset + start
    return skipped
  }

  #lengthAt(start: number, lengthBytes: 4 | 8): number {
    const isLittle = this.#isLittleEndian
    if (lengthBytes === 4) return this.#window.getUint32(start, isLittle)
    const low = this.#window.getUint32(isLittle ? start : start + 4, isLittle)
    return this.#window.getUint32(isLittle ? start + 4 : start, isLittle) * 2 ** 32 + low
  }

  #advance(length: number): number {
    const start = this.offset - this.#windowOffset
    this.offset += length
    return start
  }
}
