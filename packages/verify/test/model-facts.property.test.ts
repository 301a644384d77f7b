import { scaleRuns } from '@catalog/testkit/running'
import { MAX_FACT_LENGTH } from '@catalog/types'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readGgufHeader } from '../src/format/gguf-header.ts'
import { readSafetensorsHeader } from '../src/format/safetensors-header.ts'
import { readModelFacts } from '../src/index.ts'
import { toSafetensors, write } from './diagnose-models.ts'
import { createGguf } from './gguf-bytes.ts'

const metadata = {
  'general.architecture': 'llama',
  'general.name': 'a name',
  'llama.context_length': { uint32: 4096 },
  'tokenizer.ggml.tokens': { strings: Array.from({ length: 40 }, (_, index) => `token ${index}`) },
}
const tensors = Array.from({ length: 5 }, () => ({ type: 12, shape: [256], bytes: 144 }))
const gguf = createGguf({ metadata, tensors, dataBytes: 0 })
const safetensors = toSafetensors(
  {
    __metadata__: { architecture: 'a', license: 'b' },
    t: { dtype: 'BF16', shape: [2, 3], data_offsets: [0, 12] },
  },
  12,
)
/** How much is read at a time. */
const WINDOW_BYTES = 256 * 1024

/** The bytes with others written over them, put between them, or without some of them. */
function mutate(bytes: Buffer): fc.Arbitrary<Buffer> {
  // A length or a count that is far too large, or as it would be in the other byte order.
  const huge = fc.constantFrom([255, 255, 255, 255], [0, 0, 0, 64], [255, 255, 255, 127], [0, 0, 0, 0, 1])
  const change = fc.record({
    at: fc.nat(bytes.length - 1),
    removed: fc.nat(16),
    added: fc.oneof(fc.uint8Array({ maxLength: 16 }), huge),
  })
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) =>
      changes.reduce(
        (before, { at, removed, added }) =>
          Buffer.concat([before.subarray(0, at), Buffer.from(added), before.subarray(at + removed)]),
        bytes,
      ),
    )
}

describe('a header that is not what a writer makes', () => {
  it('has facts within their bounds, or none, and never rejects', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutate(gguf), mutate(safetensors)), async (bytes) => {
        const { parameters, tensorCount, contextLength, ...texts } =
          (await readModelFacts(write(bytes))) ?? {}
        for (const count of [parameters, tensorCount, contextLength])
          expect(count === undefined || (Number.isSafeInteger(count) && count >= 0)).toBe(true)
        for (const text of Object.values(texts)) {
          expect(String(text).length).toBeLessThanOrEqual(MAX_FACT_LENGTH)
          expect(String(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]|^\s|\s$|^$/u)
        }
      }),
      { numRuns: scaleRuns(200) },
    )
  })

  it('is read once, with less than a window of what follows', async () => {
    let readBytes = 0
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      readBytes += length
      return gguf.subarray(offset, offset + length)
    }
    await readGgufHeader(read, { sizeBytes: gguf.length })
    expect(readBytes).toBeLessThanOrEqual(WINDOW_BYTES)
  })

  it('is read within bounds, however long the file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutate(gguf), mutate(safetensors)), async (bytes) => {
        const reads: number[] = []
        // Bytes without end: a walk that went on in them would go on for ever.
        const read = async (offset: number, length: number): Promise<Uint8Array> => {
          reads.push(length)
          const window = Buffer.alloc(length, 1)
          bytes.subarray(offset).copy(window)
          return window
        }
        const sizeBytes = 2 ** 45
        await readGgufHeader(read, { sizeBytes })
        expect(reads.reduce((sum, length) => sum + length, 0)).toBeLessThan(1200 * WINDOW_BYTES)
        reads.length = 0
        await readSafetensorsHeader(read, { sizeBytes })
        expect(Math.max(...reads)).toBeLessThanOrEqual(32 * WINDOW_BYTES)
      }),
      { numRuns: scaleRuns(30) },
    )
  })
})
