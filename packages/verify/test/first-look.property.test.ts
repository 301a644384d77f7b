import { sampleGguf, sampleSafetensors } from '@catalog/testkit/models'
import { scaleRuns } from '@catalog/testkit/running'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFileVerifier } from '../src/index.ts'
import { write } from './diagnose-models.ts'

const verifier = createFileVerifier()

const formats = [
  { name: 'model.gguf', create: sampleGguf },
  { name: 'model.safetensors', create: sampleSafetensors },
]
/** A valid model file, and where its tensors begin at the latest. */
const models = fc
  .record({
    format: fc.constantFrom(...formats),
    seed: fc.integer({ min: 1, max: 1e6 }),
    sizeBytes: fc.integer({ min: 8000, max: 30_000 }),
    tensors: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ format: { name, create }, seed, sizeBytes, tensors }) => ({
    name,
    bytes: create(`${seed}`, { sizeBytes, tensors }),
  }))
const HEADER_BYTES = 4000

async function refusalsOf(bytes: Uint8Array, name: string): Promise<readonly string[]> {
  const { refusals } = await verifier.takeFirstLook(write(bytes, name), { name, isPart: false })
  return refusals.map(({ kind }) => kind)
}

describe('the first look', () => {
  it('lets every valid model pass, also one whose weights are zeros from some place on', async () => {
    const initialised = fc.tuple(models, fc.nat({ max: 30_000 })).map(([{ name, bytes }, at]) => {
      const zeroed = Buffer.from(bytes)
      zeroed.fill(0, Math.max(HEADER_BYTES, at % bytes.length))
      return { name, bytes: zeroed }
    })
    await fc.assert(
      fc.asyncProperty(fc.oneof(models, initialised), async ({ name, bytes }) => {
        expect(await refusalsOf(bytes, name)).toEqual([])
      }),
      { numRuns: scaleRuns(30) },
    )
  })

  it('refuses every model that is cut', async () => {
    await fc.assert(
      fc.asyncProperty(models, fc.nat({ max: 30_000 }), async ({ name, bytes }, at) => {
        expect(await refusalsOf(bytes.subarray(0, at % bytes.length), name)).toHaveLength(1)
      }),
      { numRuns: scaleRuns(30) },
    )
  })

  it('refuses random bytes under the name of a format, and no others that promise none', async () => {
    const names = fc.constantFrom('tokenizer.model', 'spiece.model', 'vocab.txt', 'model.pkl', 'weights.bin')
    // The first bytes are of no format, and no text has them.
    const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from([0xa5, 0xff, 0x01, ...bytes]))
    await fc.assert(
      fc.asyncProperty(random, names, async (bytes, name) => {
        expect(await refusalsOf(bytes, 'a.gguf')).toHaveLength(1)
        expect(await refusalsOf(bytes, 'a.safetensors')).toHaveLength(1)
        expect(await refusalsOf(bytes, name)).toEqual([])
      }),
      { numRuns: scaleRuns(20) },
    )
  })
})
