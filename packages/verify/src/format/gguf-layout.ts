import { ByteCursor, EndOfFileError, type ReadBytes } from './byte-cursor.ts'
import { tensorBytes } from './gguf-tensors.ts'

/** What a GGUF file says of its own size. */
export type GgufLayout =
  /** The last tensor ends there; `paddedBytes` is the same with the padding that most writers add. */
  | { readonly outcome: 'parsed'; readonly endBytes: number; readonly paddedBytes: number }
  | { readonly outcome: 'cut'; readonly neededBytes: number }
  | { readonly outcome: 'broken'; readonly problem: string }
  /** Larger than any model, so it was not walked to its end. */
  | { readonly outcome: 'unknown' }

const KNOWN_VERSIONS: readonly number[] = [1, 2, 3]
const DEFAULT_ALIGNMENT = 32
/** Bytes of a value, by the number of its type; strings and arrays have none. */
const VALUE_BYTES: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]
const STRING_TYPE = 8
const ARRAY_TYPE = 9
const UINT32_TYPE = 4
/** The format's own limit of a key. */
const MAX_KEY_BYTES = 65_535
/** ggml has four; more would be a format of a later version. */
const MAX_DIMENSIONS = 8
const MAX_DEPTH = 4
/** Strings, values and tensors that are looked at: eight times as many as the largest vocabulary has. */
const MAX_STEPS = 4_000_000
/** No length in a header is larger; one that is comes from bytes that are not a length. */
const MAX_LENGTH = 1n << 44n

/**
 * Walks through the metadata and the tensor table of a GGUF file. Reads the header once, a window at a time, and no
 * tensor; takes memory for one window and at most a few seconds, for any bytes.
 *
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export async function readGgufLayout(
  read: ReadBytes,
  { sizeBytes, isLittleEndian = true }: { readonly sizeBytes: number; readonly isLittleEndian?: boolean },
): Promise<GgufLayout> {
  try {
    return await new GgufWalk(new ByteCursor(read, { sizeBytes, isLittleEndian }), sizeBytes).walk()
  } catch (error) {
    if (error instanceof EndOfFileError) return { outcome: 'cut', neededBytes: error.neededBytes }
    if (error instanceof BrokenError) return { outcome: 'broken', problem: error.message }
    if (error instanceof LimitError) return { outcome: 'unknown' }
    throw error
  }
}

/** Whether the version, after the magic, is one of a file for machines of the other byte order, as s390x. */
export function isBigEndian(head: Uint8Array): boolean {
  return KNOWN_VERSIONS.includes(new DataView(head.buffer, head.byteOffset).getUint32(4))
}

class BrokenError extends Error {}
class LimitError extends Error {}

class GgufWalk {
  readonly #cursor: ByteCursor
  readonly #sizeBytes: number
  #version = 0
  #alignment = DEFAULT_ALIGNMENT
  #steps = 0

  constructor(cursor: ByteCursor, sizeBytes: number) {
    this.#cursor = cursor
    this.#sizeBytes = sizeBytes
  }

  async walk(): Promise<GgufLayout> {
    await this.#uint32() // the magic
    this.#version = await this.#uint32()
    if (!KNOWN_VERSIONS.includes(this.#version))
      throw new BrokenError(`its version is ${this.#version}, and 1, 2 and 3 are known`)
    const tensors = await this.#length('number of tensors')
    const pairs = await this.#length('number of metadata')
    for (let pair = 0; pair < pairs; pair += 1) await this.#takePair()
    const ends = await this.#takeTensors(tensors)
    return this.#toLayout(ends)
  }

  /** Where the last tensor ends, counted from the beginning of the data. */
  async #takeTensors(count: number): Promise<bigint> {
    let end = 0n
    for (let tensor = 0; tensor < count; tensor += 1) {
      const tensorEnd = await this.#takeTensor()
      if (tensorEnd > end) end = tensorEnd
    }
    return end
  }

  #toLayout(dataBytes: bigint): GgufLayout {
    const headerEnd = this.#cursor.offset
    const endBytes =
      dataBytes === 0n ? headerEnd : toCount(BigInt(this.#align(headerEnd)) + dataBytes, 'end of a tensor')
    if (endBytes > this.#sizeBytes) return { outcome: 'cut', neededBytes: endBytes }
    return { outcome: 'parsed', endBytes, paddedBytes: this.#align(endBytes) }
  }

  async #takePair(): Promise<void> {
    const key = await this.#takeName('key')
    const type = await this.#uint32()
    if (key === 'general.alignment' && type === UINT32_TYPE) this.#setAlignment(await this.#uint32())
    else await this.#skipValue(type, 0)
  }

  #setAlignment(alignment: number): void {
    if (alignment === 0 || alignment % 8 !== 0) throw new BrokenError(`its alignment is ${alignment}`)
    this.#alignment = alignment
  }

  async #skipValue(type: number, depth: number): Promise<void> {
    if (type === STRING_TYPE) return await this.#skipString()
    if (type === ARRAY_TYPE) return await this.#skipArray(depth)
    this.#skip(sizeOfValue(type))
  }

  async #skipArray(depth: number): Promise<void> {
    if (depth >= MAX_DEPTH) throw new BrokenError(`its arrays are nested deeper than ${MAX_DEPTH} levels`)
    const type = await this.#uint32()
    const count = await this.#length('length of an array')
    if (type !== STRING_TYPE && type !== ARRAY_TYPE) return this.#skip(sizeOfValue(type) * count)
    for (let index = 0; index < count; index += 1) await this.#skipValue(type, depth + 1)
  }

  async #skipString(): Promise<void> {
    this.#skip(await this.#length('length of a string'))
  }

  async #takeTensor(): Promise<bigint> {
    await this.#takeName('name of a tensor')
    const dimensions = await this.#uint32()
    if (dimensions > MAX_DIMENSIONS) throw new BrokenError(`a tensor has ${dimensions} dimensions`)
    const shape: bigint[] = []
    for (let dimension = 0; dimension < dimensions; dimension += 1)
      shape.push(BigInt(await this.#length('dimension of a tensor')))
    const type = await this.#uint32()
    const offset = await this.#uint64()
    return offset + (tensorBytes(type, shape) ?? 0n)
  }

  async #takeName(what: string): Promise<string> {
    const length = await this.#length(`length of a ${what}`)
    if (length > MAX_KEY_BYTES) throw new BrokenError(`a ${what} has ${length} bytes`)
    if (!this.#cursor.has(length)) await this.#cursor.load(length)
    return this.#cursor.text(length)
  }

  /** A count or length: of 32 bits in version 1, of 64 in the later ones. */
  async #length(what: string): Promise<number> {
    if (this.#version === 1) return await this.#uint32()
    return toCount(await this.#uint64(), what)
  }

  async #uint32(): Promise<number> {
    this.#takeStep()
    if (!this.#cursor.has(4)) await this.#cursor.load(4)
    return this.#cursor.uint32()
  }

  async #uint64(): Promise<bigint> {
    this.#takeStep()
    if (!this.#cursor.has(8)) await this.#cursor.load(8)
    return this.#cursor.uint64()
  }

  #skip(length: number): void {
    this.#cursor.offset += length
    if (this.#cursor.offset > this.#sizeBytes) throw new EndOfFileError(this.#cursor.offset)
  }

  #takeStep(): void {
    this.#steps += 1
    if (this.#steps > MAX_STEPS) throw new LimitError()
  }

  #align(offset: number): number {
    return Math.ceil(offset / this.#alignment) * this.#alignment
  }
}

function sizeOfValue(type: number): number {
  const bytes = VALUE_BYTES[type]
  if (bytes === undefined) throw new BrokenError(`a value has the type ${type}, and 0 to 12 are known`)
  return bytes
}

function toCount(value: bigint, what: string): number {
  if (value > MAX_LENGTH) throw new BrokenError(`a ${what} is ${value}`)
  return Number(value)
}
