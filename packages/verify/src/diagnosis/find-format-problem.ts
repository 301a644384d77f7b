import type { FileHandle } from 'node:fs/promises'
import { extname } from 'node:path'
import { readFileAt } from '../file/read-at.ts'
import { fieldOf, parseBoundedJson } from './bounded-json.ts'
import type { Compression, Diagnosis } from './diagnosis.ts'
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

/** What contradicts the format that the name promises: GGUF's first bytes, the whole header of safetensors. */
export async function findFormatProblem(head: FileHead, handle: FileHandle): Promise<Diagnosis | undefined> {
  switch (extname(head.path).toLowerCase()) {
    case '.gguf':
      return findGgufProblem(head)
    case '.safetensors':
      return await findSafetensorsProblem(head, handle)
    default:
      return undefined
  }
}

function findGgufProblem({ bytes, sizeBytes }: FileHead): Diagnosis | undefined {
  if (!startsWith(bytes, GGUF_MAGIC))
    return { kind: 'wrong-format', format: 'gguf', problem: 'it does not begin with GGUF' }
  if (sizeBytes >= GGUF_HEADER_BYTES) return undefined
  return { kind: 'truncated-format', format: 'gguf', neededBytes: GGUF_HEADER_BYTES, foundBytes: sizeBytes }
}

async function findSafetensorsProblem(head: FileHead, handle: FileHandle): Promise<Diagnosis | undefined> {
  const { path, bytes, sizeBytes: foundBytes } = head
  const truncated = (neededBytes: number): Diagnosis | undefined =>
    neededBytes > foundBytes
      ? { kind: 'truncated-format', format: 'safetensors', neededBytes, foundBytes }
      : undefined
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
  return truncated(headerEnd + findDataEnd(parsed.value))
}

/** Where the last tensor ends, counted from the end of the header. What is no tensor counts for nothing. */
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
