import type { FileHandle } from 'node:fs/promises'
import { endianness } from 'node:os'
import { extname } from 'node:path'
import { readFileAt } from '../file/read-at.ts'
import { hasArchiveEnd } from '../format/archive-end.ts'
import type { ReadBytes } from '../format/byte-cursor.ts'
import { findOtherFormat, formatOf } from '../format/content-format.ts'
import { type GgufHeader, isBigEndian, readGgufHeader } from '../format/gguf-header.ts'
import { findMissingOnnxBytes } from '../format/onnx-end.ts'
import { readSafetensorsHeader } from '../format/safetensors-header.ts'
import { findTextDamage } from '../format/text-damage.ts'
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
  if (extension === '.safetensors') return await findSafetensorsProblem(head, read)
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

function withTensors(
  diagnosis: Diagnosis | undefined,
  tensorCount: number | undefined,
): Diagnosis | undefined {
  return diagnosis?.kind === 'truncated-format' && tensorCount !== undefined
    ? { ...diagnosis, tensorCount }
    : diagnosis
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
  const header = await readGgufHeader(read, { sizeBytes, isLittleEndian: !isBigEndian(bytes) })
  const damage = isWhole(header, sizeBytes) ? undefined : findTextDamage(await read(0, SAMPLE_BYTES))
  if (damage !== undefined) return wrong(damage)
  switch (header.outcome) {
    case 'cut':
      return withTensors(toTruncated('gguf', sizeBytes, header.neededBytes), header.content?.tensorCount)
    case 'broken':
      return wrong(header.problem)
    case 'parsed':
      return (await isFollowedByAnother(header, sizeBytes, read))
        ? wrong('another GGUF file begins in it: it was written twice')
        : undefined
    default:
      return undefined
  }
}

function isWhole(header: GgufHeader, sizeBytes: number): boolean {
  return header.outcome === 'parsed' && sizeBytes >= header.endBytes && sizeBytes <= header.paddedBytes
}

/** Whether the file is two: twice the same, or a part and the whole, as a server without ranges makes it. */
async function isFollowedByAnother(
  { endBytes, paddedBytes }: GgufHeader & { outcome: 'parsed' },
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

async function findSafetensorsProblem(
  { sizeBytes }: FileHead,
  read: ReadBytes,
): Promise<Diagnosis | undefined> {
  const wrong = (problem: string): Diagnosis => ({ kind: 'wrong-format', format: 'safetensors', problem })
  const header = await readSafetensorsHeader(read, { sizeBytes })
  switch (header.outcome) {
    case 'cut':
      return toTruncated('safetensors', sizeBytes, header.neededBytes)
    case 'broken':
      return wrong(header.problem)
    case 'parsed':
      return header.endBytes < sizeBytes
        ? wrong(`it has ${sizeBytes - header.endBytes} bytes after its last tensor`)
        : withTensors(toTruncated('safetensors', sizeBytes, header.endBytes), header.content.tensorCount)
    default:
      return undefined
  }
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}
