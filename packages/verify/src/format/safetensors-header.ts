import { fieldOf, parseBoundedJson } from './bounded-json.ts'
import type { ReadBytes } from './byte-cursor.ts'

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
/** The limit of the safetensors library itself. */
const MAX_HEADER_BYTES = 100_000_000
/** A longer header is not parsed: it would hold the event loop. Those of real models have a few hundred KB. */
const MAX_PARSED_HEADER_BYTES = 8 * 1024 * 1024
/** Three for each tensor; so many tensors do not fit the header that is parsed. */
const MAX_HEADER_CONTAINERS = 600_000
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
  const text = new TextDecoder().decode(await read(LENGTH_BYTES, Number(length)))
  const parsed = parseBoundedJson(text, MAX_HEADER_CONTAINERS)
  if ('problem' in parsed) return broken(`its header ${parsed.problem}`)
  return toParsed(parsed.value, headerEnd)
}

function broken(problem: string): SafetensorsHeader {
  return { outcome: 'broken', problem }
}

/** What is not a tensor is ignored. */
function toParsed(header: unknown, headerEnd: number): SafetensorsHeader {
  const entries = typeof header === 'object' && header !== null ? Object.entries(header) : []
  const tensors = entries.filter(([name]) => name !== '__metadata__').map(([, tensor]) => toTensor(tensor))
  const bytesByType = new Map<string, bigint>()
  let dataEnd = 0
  let elements = 0n
  for (const tensor of tensors) {
    dataEnd = Math.max(dataEnd, tensor.end)
    elements += tensor.elements
    const { type, bytes } = tensor
    if (type !== undefined) bytesByType.set(type, (bytesByType.get(type) ?? 0n) + BigInt(bytes))
  }
  const metadata = fieldOf(header, '__metadata__')
  const content = { metadata, tensorCount: tensors.length, elements, bytesByType }
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
