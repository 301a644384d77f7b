import { fixedClock, sampleDigest, sampleEntry, sampleEvidence } from '@catalog/testkit'
import { expect, it } from 'vitest'
import { assertUsable } from './usability.ts'

const digest = sampleDigest(1)
const active = { ...sampleEntry({ digest, state: 'Active' }), revision: 1 }
const context = { clock: fixedClock() }

it('a model is usable on matching evidence, and on no other', () => {
  expect(() => assertUsable(context, active, sampleEvidence(digest), {})).not.toThrow()
  const others = [
    [undefined, 'no-evidence'],
    [sampleEvidence(sampleDigest(2)), 'no-evidence'],
    [sampleEvidence(digest, 'mismatch'), 'wrong-bytes'],
  ] as const
  for (const [evidence, problem] of others) {
    expect(() => assertUsable(context, active, evidence, {})).toThrow(
      expect.objectContaining({ code: 'NOT_USABLE', details: expect.objectContaining({ problem }) }),
    )
  }
})
