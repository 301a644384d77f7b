import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { createBytes } from '../../test/workspace.ts'
import { ChunkDigests } from './chunk-digests.ts'
import { CHUNK_BYTES } from './chunk-map.ts'

it('digests chunks that come in pieces of any length', () => {
  const bytes = createBytes(2 * CHUNK_BYTES + 5)
  const digests = [0, 1, 2].map((index) =>
    createHash('sha256')
      .update(bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES))
      .digest('hex'),
  )
  for (const pieceBytes of [CHUNK_BYTES, 1_000_003, 2 * CHUNK_BYTES + 6, CHUNK_BYTES - 1]) {
    const chunks = new ChunkDigests()
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      chunks.update(bytes.subarray(start, start + pieceBytes))
    }
    expect(chunks.digests(), `in pieces of ${pieceBytes} bytes`).toEqual(digests)
  }
})

it('has none if there are no bytes', () => {
  expect(new ChunkDigests().digests()).toEqual([])
})
