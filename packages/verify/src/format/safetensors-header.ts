import { setImmediate } from 'node:timers/promises'
import { fieldOf } from './bounded-json.ts'
import type { ReadBytes } from './byte-cursor.ts'
import { BadJsonError, listMembers } from './json-members.ts'

/** What a safetensors file says of its own size and content. */
export type SafetensorsHeader =
  | { readonly outcome: 'parsed'; readonly endBytes: number; readonly content: SafetensorsContent }
  /** The file ends before its header, or within it. */
  | { readonly outcome: 'cut'; readonly neededBytes: number }
  | { readonly outcome: 'broken'; readonly problem: string }
  /** A valid length, but of more than is parsed. */
  | { readonly outcome: 'unknown' }

/** What a safetensors header says of the model. */
export interface SafetensorsContent {
  /** `__metadata__`, or what stands in its place. */
  readonly metadata: unknown
  readonly tensorCount: number
  /** Of all tensors. */
  readonly elements: bigint
  /** The bytes of the tensors of each type. */
  readonly bytesByType: ReadonlyMap<string, bigint>
}

const LENGTH_BYTES = 8
const METADATA = '__metadata__'
/** The limit of the safetensors library itself. */
const MAX_HEADER_BYTES = 100_000_000
/** A longer header is not parsed. Those of real models have a few hundred KB. */
const MAX_PARSED_HEADER_BYTES = 8 * 1024 * 1024
/** Three for each tensor; so many tensors do not fit the header that is parsed. */
const MAX_HEADER_CONTAINERS = 600_000
/** So many tensors are parsed in a millisecond or two; then others get their turn. */
const TENSORS_PER_TURN = 250
const OPENING_BRACE = 0x7b
/** As `F8_E4M3`. */
const TYPE_NAME = /^[A-Z][A-Z0-9_]{0,31}$/u

/** Reads the header of a safetensors file, and no tensor. Source: https://github.com/huggingface/safetensors#format */
export async function readSafetensorsHeader(
  read: ReadBytes,
  { sizeBytes }: { readonly sizeBytes: number },
): Promise<SafetensorsHeader> {
  if (sizeBytes < LENGTH_BYTES) return { outcome: 'cut', neededBytes: LENGTH_BYTES }
  const head = await read(0, LENGTH_BYTES + 1)
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true)
  if (length < 2n || length > MAX_HEADER_BYTES) return broken(`its header cannot have ${length} bytes`)
  if (sizeBytes > LENGTH_BYTES && head[LENGTH_BYTES] !== OPENING_BRACE)
    return broken('its header does not begin with {')
  const headerEnd = LENGTH_BYTES + Number(length)
  if (headerEnd > sizeBytes) return { outcome: 'cut', neededBytes: headerEnd }
  if (length > MAX_PARSED_HEADER_BYTES) return { outcome: 'unknown' }
  const header = await read(LENGTH_BYTES, Number(length))
  try {
    return await parseHeader(header, headerEnd)
  } catch (error) {
    if (error instanceof BadJsonError) return broken(`its header ${error.message}`)
    throw error
  }
}

function broken(problem: string): SafetensorsHeader {
  return { outcome: 'broken', problem }
}

/** What is not a tensor has no elements and no bytes. */
async function parseHeader(header: Uint8Array, headerEnd: number): Promise<SafetensorsHeader> {
  const bytesByType = new Map<string, bigint>()
  let metadata: unknown
  let tensorCount = 0
  let elements = 0n
  let dataEnd = 0
  for (const [name, value] of listMembers(header, MAX_HEADER_CONTAINERS)) {
    if (name === METADATA) {
      metadata = value
      continue
    }
    const { type, bytes, ...tensor } = toTensor(value)
    if (type !== undefined) bytesByType.set(type, (bytesByType.get(type) ?? 0n) + BigInt(bytes))
    dataEnd = Math.max(dataEnd, tensor.end)
    elements += tensor.elements
    tensorCount += 1
    if (tensorCount % TENSORS_PER_TURN === 0) await setImmediate()
  }
  const content = { metadata, tensorCount, elements, bytesByType }
  return { outcome: 'parsed', endBytes: headerEnd + dataEnd, content }
}

interface Tensor {
  readonly type: string | undefined
  readonly elements: bigint
  readonly bytes: number
  /** Counted from the end of the header. */
  readonly end: number
}

function toTensor(tensor: unknown): Tensor {
  const offsets = fieldOf(tensor, 'data_offsets')
  const type = fieldOf(tensor, 'dtype')
  const [start, end] = [toCount(fieldOf(offsets, '0')), toCount(fieldOf(offsets, '1'))]
  const isNamed = typeof type === 'string' && TYPE_NAME.test(type)
  return {
    type: isNamed ? type : undefined,
    elements: countElements(fieldOf(tensor, 'shape')),
    bytes: Math.max(0, end - start),
    end,
  }
}

function countElements(shape: unknown): bigint {
  if (!Array.isArray(shape)) return 0n
  return shape.reduce((product: bigint, length: unknown) => product * BigInt(toCount(length)), 1n)
}

function toCount(value: unknown): number {
  return Number.isSafeInteger(value) ? Math.max(0, Number(value)) : 0
}
