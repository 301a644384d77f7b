import { scaleRuns } from '@catalog/testkit/running'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { HashCheckpoint } from '../src/index.ts'
import { collectCheckpoints, cutAt, digestOf, MESSAGE, pass } from './streams.ts'

it('a stream that is taken up again gives the digest of the whole from every checkpoint, however the bytes are cut', async () => {
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
    { numRuns: scaleRuns(25) },
  )
})
