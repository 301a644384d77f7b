import { decodeEntry, encodeEntry } from '@catalog/types/adapter'
import { parseRegistration } from '@catalog/types/schema'
import { describe, expect, it } from 'vitest'
import { fixedClock } from './fixed-clock.ts'
import { sampleDigest, sampleEntry, sampleEvidence, sampleRegistration } from './samples.ts'

describe('samples', () => {
  it('are well-formed', () => {
    const evidence = { 'node-1': sampleEvidence(sampleDigest(1)) }
    const entry = sampleEntry({ id: 'org/model', evidence })
    expect(decodeEntry(encodeEntry(entry), 1)).toEqual({ ...entry, revision: 1 })
    expect(parseRegistration(sampleRegistration())).toMatchObject({ digest: null })
  })
})

describe('fixedClock', () => {
  it('stands still until it is moved', () => {
    const clock = fixedClock('2025-10-01T00:00:00Z')
    expect(clock.now()).toEqual(clock.now())
    clock.advance(1500)
    expect(clock.now().toISOString()).toBe('2025-10-01T00:00:01.500Z')
  })
})
