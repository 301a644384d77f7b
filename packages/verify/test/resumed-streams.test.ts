import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DigestStreamOptions, HashCheckpoint } from '../src/index.ts'
import { cutAt, digestOf, MESSAGE, pass } from './streams.ts'

describe('a stream that is taken up again', () => {
  async function collectCheckpoints(
    chunks: readonly Uint8Array[],
    options: DigestStreamOptions,
  ): Promise<readonly HashCheckpoint[]> {
    const checkpoints: HashCheckpoint[] = []
    await pass(chunks, { ...options, onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint) })
    return checkpoints
  }

  it('gives the digest of the whole from every checkpoint, however the bytes are cut', async () => {
    const places = fc.array(fc.nat(), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(places, places, fc.integer({ min: 1, max: 2000 }), async (cuts, later, every) => {
        const checkpoints = await collectCheckpoints(cutAt(MESSAGE, cuts), { checkpointEveryBytes: every })
        for (const { offset, ...checkpoint } of checkpoints) {
          const resumeFrom = JSON.parse(JSON.stringify({ offset, ...checkpoint })) as HashCheckpoint
          const found = await pass(cutAt(MESSAGE.subarray(offset), later), { resumeFrom })
          expect(found).toMatchObject({ digest: digestOf(MESSAGE), sizeBytes: MESSAGE.length })
          expect(digestOf(found.bytes)).toBe(digestOf(MESSAGE.subarray(offset)))
        }
      }),
    )
  })

  it('gives checkpoints that far apart, between chunks, and none at the end', async () => {
    const offsetsOf = async (sizes: readonly number[], resumeFrom?: HashCheckpoint) => {
      const chunks = sizes.map((size) => new Uint8Array(size))
      const checkpoints = await collectCheckpoints(chunks, { checkpointEveryBytes: 100, resumeFrom })
      return checkpoints.map(({ offset }) => offset)
    }
    expect(await offsetsOf([60, 60, 60, 60, 60])).toEqual([120, 240])
    expect(await offsetsOf([100, 100, 0])).toEqual([100])
    expect(await offsetsOf([100, 0, 100, 100])).toEqual([100, 200])
    expect(await offsetsOf([1000, 1000, 1])).toEqual([1000, 2000])
    const [resumeFrom] = await collectCheckpoints([new Uint8Array(90), MESSAGE], { checkpointEveryBytes: 90 })
    expect(await offsetsOf([60, 60, 60], resumeFrom)).toEqual([210])
  })

  it('names the last mebibyte of what came, however it came', async () => {
    const MIB = 1024 * 1024
    const bytes = Uint8Array.from({ length: 3 * MIB + 5 }, (_, index) => (index * 31 + (index >> 12)) % 256)
    for (const cuts of [[], [5], [MIB], [MIB - 1, MIB + 1], [1000, 2 * MIB, 2 * MIB + 7]]) {
      const chunks = [...cutAt(bytes, cuts), MESSAGE]
      const checkpoints = await collectCheckpoints(chunks, { checkpointEveryBytes: 1 })
      for (const { offset, tail } of checkpoints) {
        expect(tail.sizeBytes).toBe(Math.min(offset, MIB))
        expect(tail.digest).toBe(digestOf(bytes.subarray(offset - tail.sizeBytes, offset)))
      }
      expect(checkpoints.at(-1)?.offset).toBe(bytes.length)
    }
  })
})
