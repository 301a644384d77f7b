import {
  BACKSLASH,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COLON,
  COMMA,
  LINE_FEED,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTATION_MARK,
  SPACE,
} from '../format/characters.ts'

const INDENT = 2
const FIRST_CAPACITY = 1 << 16

/**
 * Gathers JSON text, spread over lines as `JSON.stringify(value, undefined, 2)` does it. From the bytes of its short form,
 * as `JSON.stringify(value)` has them, because parsing them and formatting the value again takes eight times as long.
 */
export class IndentedText {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_CAPACITY)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Adds text as it is. */
  add(text: string): void {
    this.#reserve(3 * text.length)
    this.#length += this.#bytes.write(text, this.#length)
  }

  /** Adds bytes as they are. */
  addBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Adds the JSON that stands there, its lines after the first one indented by so many steps more. */
  addJson(json: Uint8Array, start: number, end: number, steps: number): void {
    let depth = steps
    this.#reserve(end - start)
    for (let place = start; place < end; place += 1) {
      const byte = json[place] ?? 0
      if (byte === QUOTATION_MARK) {
        place = this.#addString(json, place)
      } else if (byte === COLON) {
        this.#reserve(end - place + 1)
        this.#push(byte)
        this.#push(SPACE)
      } else if (byte === COMMA) {
        this.#push(byte)
        this.#breakLine(depth, end - place)
      } else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
        this.#push(byte)
        if (isClosing(json[place + 1])) this.#push(json[++place] ?? 0)
        else this.#breakLine(++depth, end - place)
      } else {
        if (isClosing(byte)) this.#breakLine(--depth, end - place)
        this.#push(byte)
      }
    }
  }

  /** The bytes that were added since the last time. */
  take(): Buffer {
    const bytes = Buffer.from(this.#bytes.subarray(0, this.#length))
    this.#length = 0
    return bytes
  }

  /** Adds a string, up to its last quotation mark, and returns where that stands. */
  #addString(json: Uint8Array, start: number): number {
    const bytes = this.#bytes
    let length = this.#length
    let place = start
    bytes[length++] = QUOTATION_MARK
    for (;;) {
      const byte = json[++place] ?? QUOTATION_MARK
      bytes[length++] = byte
      if (byte === QUOTATION_MARK) break
      if (byte === BACKSLASH) bytes[length++] = json[++place] ?? 0
    }
    this.#length = length
    return place
  }

  /** With room for so many bytes more behind it. */
  #breakLine(depth: number, rest: number): void {
    const width = depth * INDENT
    this.#reserve(1 + width + rest)
    this.#push(LINE_FEED)
    for (let space = 0; space < width; space += 1) this.#push(SPACE)
  }

  #push(byte: number): void {
    this.#bytes[this.#length] = byte
    this.#length += 1
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

function isClosing(byte: number | undefined): boolean {
  return byte === CLOSING_BRACE || byte === CLOSING_BRACKET
}
