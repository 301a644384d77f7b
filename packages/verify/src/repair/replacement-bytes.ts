import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CatalogError } from '@catalog/types'
import type { Chunk } from '../chunks/chunk-map.ts'
import { assertBytes } from '../hashing/sha256.ts'

/** The bytes for a damaged range, at once or as a stream. */
export type ReplacementBytes = Uint8Array | AsyncIterable<Uint8Array>

/** A chunk whose bytes are those of the map. They are valid until the next one is asked for. */
export interface ReplacementChunk {
  readonly offset: number
  readonly bytes: Uint8Array
}

/** Hashed in one go it keeps the event loop for less than a millisecond. */
const PIECE_BYTES = 1024 * 1024

/** Where the next bytes go. */
interface Filling {
  readonly pieces: AsyncIterator<Uint8Array>
  /** What is left of the piece that came last. */
  rest: Uint8Array
}

/**
 * Gives the chunks in their order, each only when all of it came and has the right digest, and the last only when
 * nothing comes behind it. SIZE_MISMATCH for more or fewer bytes than all chunks have, DIGEST_MISMATCH for others.
 */
export async function* readReplacements(
  path: string,
  chunks: readonly Chunk[],
  bytes: ReplacementBytes,
): AsyncGenerator<ReplacementChunk> {
  const pieces = bytes instanceof Uint8Array ? cutIntoPieces(bytes) : bytes
  const filling: Filling = { pieces: pieces[Symbol.asyncIterator](), rest: new Uint8Array(0) }
  const buffer = new Uint8Array(Math.max(...chunks.map(({ length }) => length)))
  const expectedBytes = chunks.reduce((sum, { length }) => sum + length, 0)
  const throwSize = (foundBytes: number): never => {
    const message = `${foundBytes} bytes were given for a range of ${expectedBytes} bytes in ${path}`
    throw new CatalogError('SIZE_MISMATCH', message, { path, expectedBytes, foundBytes })
  }
  let doneBytes = 0
  try {
    for (const chunk of chunks) {
      const target = buffer.subarray(0, chunk.length)
      const { filledBytes, digest } = await fill(target, filling)
      doneBytes += filledBytes
      if (filledBytes < chunk.length) throwSize(doneBytes)
      if (chunk === chunks.at(-1)) {
        const excessBytes = await fill(new Uint8Array(1), filling)
        if (excessBytes.filledBytes > 0) throwSize(doneBytes + 1)
      }
      if (digest !== chunk.digest) throw createMismatch(path, chunk, digest)
      yield { offset: chunk.offset, bytes: target }
    }
  } finally {
    await filling.pieces.return?.()
  }
}

async function fill(target: Uint8Array, filling: Filling): Promise<{ filledBytes: number; digest: string }> {
  const sha256 = createHash('sha256')
  let filledBytes = 0
  while (filledBytes < target.length) {
    if (filling.rest.length === 0 && !(await takeNext(filling))) break
    const piece = filling.rest.subarray(0, target.length - filledBytes)
    target.set(piece, filledBytes)
    sha256.update(piece)
    filledBytes += piece.length
    filling.rest = filling.rest.subarray(piece.length)
  }
  return { filledBytes, digest: sha256.digest('hex') }
}

async function takeNext(filling: Filling): Promise<boolean> {
  const next = await filling.pieces.next()
  if (next.done === true) return false
  assertBytes(next.value, 'bytes')
  filling.rest = next.value
  return true
}

async function* cutIntoPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    await nextTurn()
    yield bytes.subarray(start, start + PIECE_BYTES)
  }
}

function createMismatch(path: string, chunk: Chunk, found: string): CatalogError<'DIGEST_MISMATCH'> {
  const { offset, length: sizeBytes, digest: expected } = chunk
  const message = `the bytes for ${path} at ${offset} have digest ${found}, expected ${expected}`
  return new CatalogError('DIGEST_MISMATCH', message, { path, expected, found, sizeBytes })
}
