import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { damageModel } from './damage-model.ts'
import { sampleGguf, sampleGgufHead } from './sample-gguf.ts'

const MODEL = sampleGguf('damaged', { sizeBytes: 2000 })
const HEAD_BYTES = sampleGgufHead('damaged', { sizeBytes: 2000 }).length

describe('damageModel', () => {
  it('leaves the bytes that it is given as they are', () => {
    for (const damage of ['zeroed', 'zeroed-tail', 'flipped-bit', 'bad-header'] as const) {
      expect(damageModel(MODEL, damage)).toHaveLength(2000)
      expect(damageModel(MODEL, damage)).not.toEqual(MODEL)
    }
    expect(MODEL).toEqual(sampleGguf('damaged', { sizeBytes: 2000 }))
  })

  it('keeps what the damage spares', () => {
    const keptBytes = (bytes: Buffer): number => {
      const index = MODEL.findIndex((byte, at) => bytes[at] !== byte)
      return index < 0 ? MODEL.length : index
    }
    expect(damageModel(MODEL, 'truncated')).toEqual(MODEL.subarray(0, 1000))
    expect(keptBytes(damageModel(MODEL, 'flipped-bit'))).toBe(1999)
    expect(keptBytes(damageModel(MODEL, 'bad-header'))).toBe(4)
    expect(damageModel(MODEL, 'bad-header').subarray(HEAD_BYTES)).toEqual(MODEL.subarray(HEAD_BYTES))
    expect(damageModel(MODEL, 'zeroed-tail').subarray(1000)).toEqual(Buffer.alloc(1000))
    expect(damageModel(MODEL, 'zeroed')).toEqual(Buffer.alloc(2000))
  })

  it('flips exactly one bit', () => {
    const flipped = damageModel(MODEL, 'flipped-bit')
    expect(Number(flipped.at(-1)) ^ Number(MODEL.at(-1))).toBe(1)
  })

  it('puts something else in place of the model', () => {
    expect(damageModel(MODEL, 'empty')).toHaveLength(0)
    expect(damageModel(MODEL, 'html-page').toString()).toMatch(/^<!DOCTYPE html>/u)
    const oid = createHash('sha256').update(MODEL).digest('hex')
    expect(damageModel(MODEL, 'lfs-pointer').toString()).toMatch(
      new RegExp(`\noid sha256:${oid}\nsize 2000\n$`, 'u'),
    )
  })
})
