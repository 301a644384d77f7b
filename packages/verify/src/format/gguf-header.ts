import { ByteCursor, EndOfFileError, LimitError, type ReadBytes } from './byte-cursor.ts'
import { BrokenError, GgufReader, toCount } from './gguf-reader.ts'
import { tensorBytes } from './gguf-tensors.ts'

/** What a GGUF file says of its own size and content. */
export type GgufHeader =
  /** The last tensor ends there; `paddedBytes` is the same with the padding that most writers add. */
  | {
      readonly outcome: 'parsed'
      readonly endBytes: number
      readonly paddedBytes: number
      readonly content: GgufContent
    }
  /** The file ends before; `content` is there if it ends behind the header. */
  | { readonly outcome: 'cut'; readonly neededBytes: number; readonly content?: GgufContent }
  | { readonly outcome: 'broken'; readonly problem: string }
  /** Larger than any model, so it was not walked to its end. */
  | { readonly outcome: 'unknown' }

/** What a GGUF header says of the model. */
export interface GgufContent {
  /** Of the keys that are looked for, the strings and integers. The first of two equal keys counts. */
  readonly values: ReadonlyMap<string, GgufValue>
  readonly tensorCount: number
  /** Of all tensors. */
  readonly elements: bigint
  /** The bytes of the tensors of each type, by its number; without types of a later version. */
  readonly bytesByType: ReadonlyMap<number, bigint>
}

type GgufValue = string | bigint

const KNOWN_VERSIONS: readonly number[] = [1, 2, 3]
const DEFAULT_ALIGNMENT = 32
const ALIGNMENT_KEY = 'general.alignment'
/** The type that the specification asks for: an alignment of any other type is ignored. */
const UINT32_TYPE = 4
const KNOWN_KEYS: ReadonlySet<string> = new Set([
  'general.architecture',
  'general.name',
  'general.license',
  'general.file_type',
  'tokenizer.ggml.model',
])
/** Behind the name of the architecture, which may stand after it. */
const CONTEXT_SUFFIX = '.context_length'
/** More are not kept. A file has one architecture, and so one context length. */
const MAX_VALUES = 16
/** ggml has four; more would be a format of a later version. */
const MAX_DIMENSIONS = 8

/**
 * Walks through the metadata and the tensor table of a GGUF file, once. Reads the header, a window at a time, and no
 * tensor; takes memory for one window and at most a few seconds, for any bytes.
 *
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export async function readGgufHeader(
  read: ReadBytes,
  { sizeBytes, isLittleEndian = true }: { readonly sizeBytes: number; readonly isLittleEndian?: boolean },
): Promise<GgufHeader> {
  const cursor = new ByteCursor(read, { sizeBytes, isLittleEndian })
  try {
    return await new GgufWalk(new GgufReader(cursor, sizeBytes), sizeBytes).walk()
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

class GgufWalk {
  readonly #reader: GgufReader
  readonly #sizeBytes: number
  readonly #values = new Map<string, GgufValue>()
  readonly #bytesByType = new Map<number, bigint>()
  #alignment = DEFAULT_ALIGNMENT
  #elements = 0n
  /** Where the last tensor ends, counted from the beginning of the data. */
  #dataBytes = 0n

  constructor(reader: GgufReader, sizeBytes: number) {
    this.#reader = reader
    this.#sizeBytes = sizeBytes
  }

  async walk(): Promise<GgufHeader> {
    const reader = this.#reader
    await reader.uint32() // the magic
    reader.version = await reader.uint32()
    if (!KNOWN_VERSIONS.includes(reader.version))
      throw new BrokenError(`its version is ${reader.version}, and 1, 2 and 3 are known`)
    const tensorCount = await reader.length('number of tensors')
    const pairs = await reader.length('number of metadata')
    for (let pair = 0; pair < pairs; pair += 1) await this.#takePair()
    for (let tensor = 0; tensor < tensorCount; tensor += 1) await this.#takeTensor()
    return this.#toHeader(tensorCount)
  }

  #toHeader(tensorCount: number): GgufHeader {
    const headerEnd = this.#reader.offset
    const dataBytes = this.#dataBytes
    const endBytes =
      dataBytes === 0n ? headerEnd : toCount(BigInt(this.#align(headerEnd)) + dataBytes, 'end of a tensor')
    const found = { values: this.#values, elements: this.#elements, bytesByType: this.#bytesByType }
    const content = { ...found, tensorCount }
    if (endBytes > this.#sizeBytes) return { outcome: 'cut', neededBytes: endBytes, content }
    return { outcome: 'parsed', endBytes, paddedBytes: this.#align(endBytes), content }
  }

  async #takePair(): Promise<void> {
    const key = await this.#reader.name('key')
    const type = await this.#reader.uint32()
    if (key === ALIGNMENT_KEY && type === UINT32_TYPE) this.#setAlignment(await this.#reader.uint32())
    else if (this.#isWanted(key)) await this.#takeValue(key, type)
    else await this.#reader.skipValue(type)
  }

  #isWanted(key: string): boolean {
    if (this.#values.size >= MAX_VALUES || this.#values.has(key)) return false
    return KNOWN_KEYS.has(key) || key.endsWith(CONTEXT_SUFFIX)
  }

  async #takeValue(key: string, type: number): Promise<void> {
    const value = await this.#reader.value(type)
    if (value !== undefined) this.#values.set(key, value)
  }

  #setAlignment(alignment: number): void {
    if (alignment === 0 || alignment % 8 !== 0) throw new BrokenError(`its alignment is ${alignment}`)
    this.#alignment = alignment
  }

  async #takeTensor(): Promise<void> {
    const reader = this.#reader
    await reader.name('name of a tensor')
    const dimensions = await reader.uint32()
    if (dimensions > MAX_DIMENSIONS) throw new BrokenError(`a tensor has ${dimensions} dimensions`)
    const shape: bigint[] = []
    for (let dimension = 0; dimension < dimensions; dimension += 1)
      shape.push(BigInt(await reader.length('dimension of a tensor')))
    const type = await reader.uint32()
    this.#addTensor(type, shape, await reader.uint64())
  }

  #addTensor(type: number, shape: readonly bigint[], offset: bigint): void {
    const bytes = tensorBytes(type, shape)
    this.#elements += shape.reduce((product, length) => product * length, 1n)
    if (bytes !== undefined) this.#bytesByType.set(type, (this.#bytesByType.get(type) ?? 0n) + bytes)
    const end = offset + (bytes ?? 0n)
    if (end > this.#dataBytes) this.#dataBytes = end
  }

  #align(offset: number): number {
    return Math.ceil(offset / this.#alignment) * this.#alignment
  }
}
