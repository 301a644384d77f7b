/** How much is read at a time. */
const WINDOW_BYTES = 256 * 1024
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

/** Numbers of a file, one after the other; what is skipped is not read. */
export class ByteCursor {
  offset = 0
  readonly #read: ReadBytes
  readonly #sizeBytes: number
  readonly #isLittleEndian: boolean
  #window: DataView = EMPTY
  #windowOffset = 0

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

  /** Reads at least the next bytes. Rejects with an EndOfFileError if the file ends before. */
  async load(length: number): Promise<void> {
    if (this.offset + length > this.#sizeBytes) throw new EndOfFileError(this.offset + length)
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

  /** Of bytes that are in memory. */
  uint64(): bigint {
    return this.#window.getBigUint64(this.#advance(8), this.#isLittleEndian)
  }

  /** Of bytes that are in memory. */
  text(length: number): string {
    const start = this.#window.byteOffset + this.#advance(length)
    return new TextDecoder('latin1').decode(new Uint8Array(this.#window.buffer, start, length))
  }

  #advance(length: number): number {
    const start = this.offset - this.#windowOffset
    this.offset += length
    return start
  }
}
