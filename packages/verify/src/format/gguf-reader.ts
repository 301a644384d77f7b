import { type ByteCursor, EndOfFileError, LimitError } from './byte-cursor.ts'

/** Bytes of a value, by the number of its type; strings and arrays have none. */
const VALUE_BYTES: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]
const STRING_TYPE = 8
const ARRAY_TYPE = 9
/** Of integers: how many bits, and whether there is a sign. */
const INTEGERS: ReadonlyMap<number, readonly [bits: number, isSigned: boolean]> = new Map([
  [0, [8, false]],
  [1, [8, true]],
  [2, [16, false]],
  [3, [16, true]],
  [4, [32, false]],
  [5, [32, true]],
  [10, [64, false]],
  [11, [64, true]],
])
/** The format's own limit of a key. */
const MAX_KEY_BYTES = 65_535
const MAX_DEPTH = 4
/** Strings, values and tensors that are looked at: eight times as many as the largest vocabulary has. */
const MAX_STEPS = 4_000_000
/** No length in a header is larger; one that is comes from bytes that are not a length. */
const MAX_LENGTH = 1n << 44n
/** What is read of a string; the rest is skipped. */
const MAX_STRING_BYTES = 1024

/** What contradicts the format. */
export class BrokenError extends Error {}

/** The values of a GGUF header, one after the other, within limits that hold for any bytes. */
export class GgufReader {
  /** As read from the header: lengths have 32 bits in version 1, and 64 in the later ones. */
  version = 0
  readonly #cursor: ByteCursor
  readonly #sizeBytes: number
  #steps = 0

  constructor(cursor: ByteCursor, sizeBytes: number) {
    this.#cursor = cursor
    this.#sizeBytes = sizeBytes
  }

  get offset(): number {
    return this.#cursor.offset
  }

  async uint32(): Promise<number> {
    await this.#need(4)
    return this.#cursor.uint32()
  }

  async uint64(): Promise<bigint> {
    await this.#need(8)
    return this.#cursor.uint64()
  }

  async length(what: string): Promise<number> {
    if (this.version === 1) return await this.uint32()
    return toCount(await this.uint64(), what)
  }

  /** A key, or the name of a tensor. */
  async name(what: string): Promise<string> {
    const length = await this.length(`length of a ${what}`)
    if (length > MAX_KEY_BYTES) throw new BrokenError(`a ${what} has ${length} bytes`)
    await this.#need(length)
    return Buffer.from(this.#cursor.bytes(length)).toString('latin1')
  }

  /** A string, cut at 1 KiB, or an integer; any other value is skipped. */
  async value(type: number): Promise<string | bigint | undefined> {
    if (type === STRING_TYPE) return await this.#string()
    const integer = INTEGERS.get(type)
    if (integer !== undefined) return await this.#integer(integer)
    await this.skipValue(type)
    return undefined
  }

  async skipValue(type: number, depth = 0): Promise<void> {
    if (type === STRING_TYPE) return await this.#skipString()
    if (type === ARRAY_TYPE) return await this.#skipArray(depth)
    this.#skip(sizeOfValue(type))
  }

  async #string(): Promise<string> {
    const length = await this.length('length of a string')
    const taken = Math.min(length, MAX_STRING_BYTES)
    await this.#need(taken)
    const text = new TextDecoder().decode(this.#cursor.bytes(taken), { stream: taken < length })
    this.#skip(length - taken)
    return text
  }

  async #integer([bits, isSigned]: readonly [bits: number, isSigned: boolean]): Promise<bigint> {
    await this.#need(bits / 8)
    const value = bits === 64 ? this.#cursor.uint64() : BigInt(this.#cursor.uint(bits / 8))
    return isSigned ? BigInt.asIntN(bits, value) : value
  }

  async #skipArray(depth: number): Promise<void> {
    if (depth >= MAX_DEPTH) throw new BrokenError(`its arrays are nested deeper than ${MAX_DEPTH} levels`)
    const type = await this.uint32()
    const count = await this.length('length of an array')
    if (type === STRING_TYPE) return await this.#skipStrings(count)
    if (type !== ARRAY_TYPE) return this.#skip(sizeOfValue(type) * count)
    for (let index = 0; index < count; index += 1) await this.skipValue(type, depth + 1)
  }

  /** Vocabularies have hundreds of thousands: those in memory are skipped without a turn of the event loop for each. */
  async #skipStrings(count: number): Promise<void> {
    const lengthBytes = this.version === 1 ? 4 : 8
    for (let left = count; left > 0; left -= 1) {
      const skipped = this.#cursor.skipStrings(Math.min(left, MAX_STEPS), lengthBytes)
      this.#takeSteps(skipped)
      left -= skipped
      if (left > 0) await this.#skipString()
    }
  }

  async #skipString(): Promise<void> {
    this.#skip(await this.length('length of a string'))
  }

  async #need(length: number): Promise<void> {
    this.#takeSteps(1)
    if (!this.#cursor.has(length)) await this.#cursor.load(length)
  }

  #skip(length: number): void {
    this.#cursor.offset += length
    if (this.#cursor.offset > this.#sizeBytes) throw new EndOfFileError(this.#cursor.offset)
  }

  #takeSteps(count: number): void {
    this.#steps += count
    if (this.#steps > MAX_STEPS) throw new LimitError()
  }
}

function sizeOfValue(type: number): number {
  const bytes = VALUE_BYTES[type]
  if (bytes === undefined) throw new BrokenError(`a value has the type ${type}, and 0 to 12 are known`)
  return bytes
}

/** A count or length of a header as a number. */
export function toCount(value: bigint, what: string): number {
  if (value > MAX_LENGTH) throw new BrokenError(`a ${what} is ${value}`)
  return Number(value)
}
