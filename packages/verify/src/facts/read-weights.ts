import { readFileAt } from '../file/read-at.ts'
import type { RegularFile } from '../file/regular-file.ts'
import type { ReadBytes } from '../format/byte-cursor.ts'
import { formatOf } from '../format/content-format.ts'
import { isBigEndian, readGgufHeader } from '../format/gguf-header.ts'
import { readSafetensorsHeader } from '../format/safetensors-header.ts'
import type { Weights } from './combine-weights.ts'
import { toGgufWeights } from './gguf-weights.ts'
import { toSafetensorsWeights } from './safetensors-weights.ts'

/** The least that shows a format: magic and version of GGUF, length and brace of safetensors. */
const MAGIC_BYTES = 16

/** What the header of an open file says; undefined if it has none that is whole, or of more than is read. */
export async function readWeights(file: RegularFile, path: string): Promise<Weights | undefined> {
  const { handle, sizeBytes } = file
  const read: ReadBytes = (offset, length) => readFileAt(handle, { path, offset, length })
  const head = await read(0, MAGIC_BYTES)
  if (head.length < MAGIC_BYTES) return undefined
  switch (formatOf(head)) {
    case 'GGUF': {
      const header = await readGgufHeader(read, { sizeBytes, isLittleEndian: !isBigEndian(head) })
      return 'content' in header ? toGgufWeights(header.content) : undefined
    }
    case 'safetensors': {
      const header = await readSafetensorsHeader(read, { sizeBytes })
      return header.outcome === 'parsed' ? toSafetensorsWeights(header.content) : undefined
    }
    default:
      return undefined
  }
}
