import { scaleRuns } from '@catalog/testkit/running'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type ZeroRun, ZeroRuns } from './zero-runs.ts'

const PIECE_BYTES = 10_000

/** Bytes from the lengths of alternating stretches: zeros, others, zeros … */
function toBytes(lengths: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0)).fill(7)
  let offset = 0
  for (const [index, length] of lengths.entries()) {
    if (index % 2 === 0) bytes.fill(0, offset, offset + length)
    offset += length
  }
  return bytes
}

/** By looking at every byte. */
function findRuns(bytes: Uint8Array): readonly ZeroRun[] {
  const runs: ZeroRun[] = []
  let start = 0
  for (let index = 0; index <= bytes.length; index++) {
    if (index < bytes.length && bytes[index] === 0) continue
    if (index - start >= 4096) runs.push({ offset: start, lengthBytes: index - start })
    start = index + 1
  }
  return runs
}

function scan(bytes: Uint8Array, pieceBytes: number): ZeroRuns {
  const runs = new ZeroRuns(0)
  for (let at = 0; at < bytes.length; at += pieceBytes) runs.add(bytes.subarray(at, at + pieceBytes))
  return runs
}

it('runs of zeros are those that a look at every byte finds', () => {
  const length = fc.oneof(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 4090, max: 4100 }))
  const lengths = fc.array(length, { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1000, max: PIECE_BYTES }), (stretches, pieceBytes) => {
      const bytes = toBytes(stretches)
      const runs = scan(bytes, pieceBytes)
      const all = findRuns(bytes)
      const longest = Math.max(...all.map(({ lengthBytes }) => lengthBytes))
      expect(runs.longest()).toEqual(all.find(({ lengthBytes }) => lengthBytes === longest))
      expect(runs.ending()).toEqual(all.find((run) => run.offset + run.lengthBytes === bytes.length))
    }),
    { numRuns: scaleRuns(200) },
  )
})
