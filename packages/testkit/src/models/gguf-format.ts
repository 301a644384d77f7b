import { ALIGNMENT_BYTES, type PlacedTensor, placeTensors } from './tensor-layout.ts'

/** A value of the metadata: a string, or a number and its type. */
export type GgufValue = string | { readonly type: 'uint16' | 'uint32' | 'int32'; readonly value: number }

/** What a GGUF file says of itself. */
export interface GgufContent {
  readonly metadata: Readonly<Record<string, GgufValue>>
  readonly tensorNames: readonly string[]
}

const VERSION = 3
const TYPE_NUMBERS = { uint16: 2, uint32: 4, int32: 5, string: 8 }
/** GGML_TYPE_I8, so that a tensor can have any number of bytes. */
const TENSOR_TYPE = 24

/**
 * Formats what comes before the tensor data in a GGUF file, version 3, of `sizeBytes` in all: magic, version, counts,
 * metadata, tensor infos, and zeros up to the alignment. The last tensor ends with the file, without padding, so that
 * a file can have any size.
 *
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 *
 * @throws {RangeError} if `sizeBytes` is too small for the tensors
 */
export function formatGgufHead(content: GgufContent, sizeBytes: number): Buffer {
  const { metadata, tensorNames } = content
  const pairs = Object.entries(metadata)
  const counts = [toUint32(VERSION), toUint64(tensorNames.length), toUint64(pairs.length)]
  const before = Buffer.concat([Buffer.from('GGUF'), ...counts, ...pairs.map(formatPair)])
  // The length of a tensor info does not depend on its numbers.
  const unplaced = tensorNames.map((name) => formatTensor({ name, offset: 0, sizeBytes: 0 }))
  const headBytes = align(before.length + Buffer.concat(unplaced).length)
  const tensors = placeTensors(tensorNames, { headBytes, sizeBytes })
  const head = Buffer.alloc(headBytes)
  Buffer.concat([before, ...tensors.map(formatTensor)]).copy(head)
  return head
}

function formatPair([key, value]: readonly [key: string, value: GgufValue]): Buffer {
  if (typeof value === 'string')
    return Buffer.concat([toText(key), toUint32(TYPE_NUMBERS.string), toText(value)])
  const bytes = Buffer.alloc(value.type === 'uint16' ? 2 : 4)
  // Samples have no negative numbers.
  bytes.writeUIntLE(value.value, 0, bytes.length)
  return Buffer.concat([toText(key), toUint32(TYPE_NUMBERS[value.type]), bytes])
}

/** A tensor of one dimension. */
function formatTensor({ name, sizeBytes, offset }: PlacedTensor): Buffer {
  const shape = [toUint32(1), toUint64(sizeBytes)]
  return Buffer.concat([toText(name), ...shape, toUint32(TENSOR_TYPE), toUint64(offset)])
}

function align(offset: number): number {
  return Math.ceil(offset / ALIGNMENT_BYTES) * ALIGNMENT_BYTES
}

function toText(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([toUint64(bytes.length), bytes])
}

function toUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function toUint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
