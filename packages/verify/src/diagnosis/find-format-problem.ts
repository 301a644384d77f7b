import type { FileHandle } from 'node:fs/promises'
import { endianness } from 'node:os'
import { extname } from 'node:path'
import { readFileAt } from '../file/read-at.ts'
import { hasArchiveEnd } from '../format/archive-end.ts'
import type { ReadBytes } from '../format/byte-cursor.ts'
import { findOtherFormat, formatOf } from '../format/content-format.ts'
import { type GgufLayout, isBigEndian, readGgufLayout } from '../format/gguf-layout.ts'
import { findMissingOnnxBytes } from '../format/onnx-end.ts'
import { findTextDamage } from '../format/text-damage.ts'
import { fieldOf, parseBoundedJson } from './bounded-json.ts'
import type { Compression, Diagnosis, ModelFormat } from './diagnosis.ts'
import type { FileHead } from './find-page.ts'

const MODEL_EXTENSIONS: readonly string[] = ['.gguf', '.ggml', '.safetensors', '.onnx']
const MAGICS: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68]],
]
const GGUF_MAGIC: readonly number[] = [0x47, 0x47, 0x55, 0x46]
/** Magic, version and two counts. */
const GGUF_HEADER_BYTES = 24
/** How much of a file that is wrong is looked through for what text mode did to it. */
const SAMPLE_BYTES = 1024 * 1024
const LENGTH_BYTES = 8
/** The limit of the safetensors library itself. */
const MAX_HEADER_BYTES = 100_000_000
/** A longer header is not parsed: it would hold the event loop. Those of real models have a few hundred KB. */
const MAX_PARSED_HEADER_BYTES = 8 * 1024 * 1024
/** Three for each tensor; so many tensors do not fit the header that is parsed. */
const MAX_HEADER_CONTAINERS = 600_000
const OPENING_BRACE = 0x7b

/** With what a file is packed whose name promises a model. PyTorch's files are zip archives and have other names. */
export function findCompression({ path, bytes }: FileHead): Diagnosis | undefined {
  if (!MODEL_EXTENSIONS.includes(extname(path).toLowerCase())) return undefined
  const compression = MAGICS.find(([, magic]) => startsWith(bytes, magic))?.[0]
  return compression === undefined ? undefined : { kind: 'compressed', compression }
}

/** What contradicts the format that the name promises, or that the first bytes do if the name promises none. */
export async function findFormatProblem(head: FileHead, handle: FileHandle): Promise<Diagnosis | undefined> {
  const { path, bytes, sizeBytes } = head
  const extension = extname(path).toLowerCase()
  const found = findOtherFormat(path, bytes)
  if (found !== undefined) return { kind: 'other-format', extension, found }
  const read: ReadBytes = (offset, length) => readFileAt(handle, { path, offset, length })
  if (extension === '.safetensors') return await findSafetensorsProblem(head, handle)
  if (extension === '.onnx')
    return toTruncated('onnx', sizeBytes, await findMissingOnnxBytes(read, sizeBytes))
  if (extension === '.gguf') return await findGgufProblem(head, read)
  switch (formatOf(bytes)) {
    case 'GGUF':
      return await findGgufProblem(head, read)
    case 'zip':
      return (await hasArchiveEnd(read, sizeBytes))
        ? undefined
        : { kind: 'wrong-format', format: 'zip', problem: 'it is cut: the directory at its end is missing' }
    default:
      return undefined
  }
}

function toTruncated(format: ModelFormat, foundBytes: number, neededBytes = 0): Diagnosis | undefined {
  return neededBytes > foundBytes ? { kind: 'truncated-format', format, neededBytes, foundBytes } : undefined
}

async function findGgufProblem(
  { bytes, sizeBytes }: FileHead,
  read: ReadBytes,
): Promise<Diagnosis | undefined> {
  const wrong = (problem: string): Diagnosis => ({ kind: 'wrong-format', format: 'gguf', problem })
  if (!startsWith(bytes, GGUF_MAGIC)) return wrong('it does not begin with GGUF')
  if (sizeBytes < GGUF_HEADER_BYTES) return toTruncated('gguf', sizeBytes, GGUF_HEADER_BYTES)
  if (endianness() === 'LE' && isBigEndian(bytes))
    return wrong('it is big-endian: convert it for little-endian machines')
  const layout = await readGgufLayout(read, { sizeBytes, isLittleEndian: !isBigEndian(bytes) })
  const damage = isWhole(layout, sizeBytes) ? undefined : findTextDamage(await read(0, SAMPLE_BYTES))
  if (damage !== undefined) return wrong(damage)
  switch (layout.outcome) {
    case 'cut':
      return toTruncated('gguf', sizeBytes, layout.neededBytes)
    case 'broken':
      return wrong(layout.problem)
    case 'parsed':
      return (await isFollowedByAnother(layout, sizeBytes, read))
        ? wrong('another GGUF file begins in it: it was written twice')
        : undefined
    default:
      return undefined
  }
}

function isWhole(layout: GgufLayout, sizeBytes: number): boolean {
  return layout.outcome === 'parsed' && sizeBytes >= layout.endBytes && sizeBytes <= layout.paddedBytes
}

/** Whether the file is two: twice the same, or a part and the whole, as a server without ranges makes it. */
async function isFollowedByAnother(
  { endBytes, paddedBytes }: GgufLayout & { outcome: 'parsed' },
  sizeBytes: number,
  read: ReadBytes,
): Promise<boolean> {
  const offsets = [endBytes, paddedBytes, sizeBytes - endBytes, sizeBytes - paddedBytes, sizeBytes / 2]
  for (const offset of offsets) {
    if (offset < GGUF_HEADER_BYTES || offset + GGUF_HEADER_BYTES > sizeBytes || !Number.isInteger(offset))
      continue
    if (startsWith(await read(offset, GGUF_HEADER_BYTES), GGUF_MAGIC)) return true
  }
  return false
}

async function findSafetensorsProblem(head: FileHead, handle: FileHandle): Promise<Diagnosis | undefined> {
  const { path, bytes, sizeBytes: foundBytes } = head
  const truncated = (neededBytes: number) => toTruncated('safetensors', foundBytes, neededBytes)
  const wrong = (problem: string): Diagnosis => ({ kind: 'wrong-format', format: 'safetensors', problem })
  if (foundBytes < LENGTH_BYTES) return truncated(LENGTH_BYTES)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  if (length < 2n || length > MAX_HEADER_BYTES) return wrong(`its header cannot have ${length} bytes`)
  if (foundBytes > LENGTH_BYTES && bytes[LENGTH_BYTES] !== OPENING_BRACE)
    return wrong('its header does not begin with {')
  const headerEnd = LENGTH_BYTES + Number(length)
  if (headerEnd > foundBytes) return truncated(headerEnd)
  if (length > MAX_PARSED_HEADER_BYTES) return undefined
  const header = await readFileAt(handle, { path, offset: LENGTH_BYTES, length: Number(length) })
  const parsed = parseBoundedJson(new TextDecoder().decode(header), MAX_HEADER_CONTAINERS)
  if ('problem' in parsed) return wrong(`its header ${parsed.problem}`)
  const end = headerEnd + findDataEnd(parsed.value)
  if (end < foundBytes) return wrong(`it has ${foundBytes - end} bytes after its last tensor`)
  return truncated(end)
}

/** Where the last tensor ends, counted from the end of the header. What is not a tensor is ignored. */
function findDataEnd(header: unknown): number {
  const tensors = typeof header === 'object' && header !== null ? Object.values(header) : []
  return tensors.reduce((end: number, tensor) => {
    const tensorEnd = fieldOf(fieldOf(tensor, 'data_offsets'), '1')
    return Number.isSafeInteger(tensorEnd) ? Math.max(end, Number(tensorEnd)) : end
  }, 0)
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}
