import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { ChunkDigests } from './chunk-digests.ts'
import { CHUNK_BYTES } from './chunk-map.ts'

it.each([CHUNK_BYTES, 1_000_003, 2 * CHUNK_BYTES + 6, CHUNK_BYTES - 1])(
  'digests chunks that come in pieces of %i bytes',
  (pieceBytes) => {
    const bytes = new Uint8Array(2 * CHUNK_BYTES + 5).map((_, index) => index >> 10)
    const chunks = new ChunkDigests()
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      chunks.update(bytes.subarray(start, start + pieceBytes))
    }
    const expected = [0, 1, 2].map((index) =>
      createHash('sha256')
        .update(bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES))
        .digest('hex'),
    )
    expect(chunks.digests()).toEqual(expected)
  },
)

it('has none where there are no bytes', () => {
  expect(new ChunkDigests().digests()).toEqual([])
})
