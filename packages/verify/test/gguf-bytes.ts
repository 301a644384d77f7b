/** A value of the metadata of which the type matters. */
type MetadataValue = string | { readonly uint32: number } | { readonly strings: readonly string[] }

export interface GgufParts {
  readonly version?: 1 | 2 | 3
  readonly isLittleEndian?: boolean
  readonly metadata?: Readonly<Record<string, MetadataValue>>
  readonly tensors?: readonly GgufTensor[]
  /** Default: as many as the tensors have. */
  readonly dataBytes?: number
}

interface GgufTensor {
  readonly type: number
  readonly shape: readonly number[]
  readonly bytes: number
}

const ALIGNMENT = 32

/** A GGUF file of any version and byte order. Its tensors stand one behind the other, aligned. */
export function createGguf(parts: GgufParts): Buffer {
  const { version = 3, isLittleEndian = true, metadata = {}, tensors = [] } = parts
  const write = new GgufWriter(version, isLittleEndian)
  const entries = Object.entries(metadata)
  write.bytes(Buffer.from('GGUF')).uint32(version).length(tensors.length).length(entries.length)
  for (const [key, value] of entries) write.string(key).value(value)
  let offset = 0
  for (const [index, { type, shape, bytes }] of tensors.entries()) {
    write.string(`t${index}`).uint32(shape.length)
    for (const length of shape) write.length(length)
    write.uint32(type).uint64(offset)
    offset = align(offset + bytes)
  }
  const head = write.toBuffer()
  const data = Buffer.alloc(align(head.length) - head.length + (parts.dataBytes ?? offset), 7)
  return tensors.length === 0 ? head : Buffer.concat([head, data])
}

class GgufWriter {
  readonly #parts: Buffer[] = []
  readonly #version: number
  readonly #isLittleEndian: boolean

  constructor(version: number, isLittleEndian: boolean) {
    this.#version = version
    this.#isLittleEndian = isLittleEndian
  }

  bytes(bytes: Buffer): this {
    this.#parts.push(bytes)
    return this
  }

  uint32(value: number): this {
    const bytes = Buffer.alloc(4)
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, value, this.#isLittleEndian)
    return this.bytes(bytes)
  }

  uint64(value: number): this {
    const bytes = Buffer.alloc(8)
    new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(0, BigInt(value), this.#isLittleEndian)
    return this.bytes(bytes)
  }

  length(value: number): this {
    return this.#version === 1 ? this.uint32(value) : this.uint64(value)
  }

  string(text: string): this {
    const bytes = Buffer.from(text)
    return this.length(bytes.length).bytes(bytes)
  }

  value(value: MetadataValue): this {
    if (typeof value === 'string') return this.uint32(8).string(value)
    if ('uint32' in value) return this.uint32(4).uint32(value.uint32)
    this.uint32(9).uint32(8).length(value.strings.length)
    for (const text of value.strings) this.string(text)
    return this
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

function align(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT
}
