import { scaleRuns } from '@catalog/testkit/running'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutAt, pass, VECTORS } from './streams.ts'

describe.each(['native', 'wasm'] as const)('a digest stream, %s', (engine) => {
  it.each(VECTORS)('digests a vector however it is cut: %s', async (text, digest) => {
    const bytes = new TextEncoder().encode(text)
    const places = fc.array(fc.nat(), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(places, async (cuts) => {
        expect(await pass(cutAt(bytes, cuts), { engine })).toMatchObject({
          digest,
          sizeBytes: bytes.length,
        })
      }),
      { numRuns: scaleRuns(text.length > 1000 ? 1 : 15) },
    )
  })
})
