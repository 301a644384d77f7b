import { describe, expect, it } from 'vitest'
import type { HashCheckpoint } from '../src/index.ts'
import { collectCheckpoints, cutAt, digestOf, MESSAGE } from './streams.ts'
import { createBytes } from './workspace.ts'

describe('a stream that is taken up again', () => {
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
    const bytes = createBytes(3 * MIB + 5)
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
