import { sampleDigest, sampleEntry, sampleEvidence } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { hasMatchingEvidence } from './evidence.ts'
import { evidenceOf } from './own-evidence.ts'

const digest = sampleDigest(1)

describe('evidenceOf', () => {
  it('finds the evidence of a node, and none where there is none', () => {
    const evidence = sampleEvidence(digest)
    const entry = sampleEntry({ digest, evidence: { 'node-1': evidence } })
    expect(evidenceOf(entry, 'node-1')).toBe(evidence)
    expect(evidenceOf(entry, 'node-2')).toBeUndefined()
    expect(evidenceOf(sampleEntry(), 'node-1')).toBeUndefined()
  })

  it.each(['constructor', 'toString', '__proto__'])('takes %s for a node like any other', (node) => {
    expect(evidenceOf(sampleEntry({ evidence: {} }), node)).toBeUndefined()
  })
})

describe('hasMatchingEvidence', () => {
  it('holds with evidence of any node for the present digest', () => {
    const evidence = { a: sampleEvidence(sampleDigest(2), 'mismatch'), b: sampleEvidence(digest) }
    expect(hasMatchingEvidence(sampleEntry({ digest, evidence }))).toBe(true)
  })

  it.each([
    ['without evidence', {}],
    ['with evidence of a mismatch', { digest, evidence: { a: sampleEvidence(digest, 'mismatch') } }],
    ['with evidence for another digest', { digest, evidence: { a: sampleEvidence(sampleDigest(2)) } }],
    ['without a digest', { digest: null, evidence: { a: sampleEvidence(digest) } }],
  ])('does not hold %s', (_, fields) => {
    expect(hasMatchingEvidence(sampleEntry(fields))).toBe(false)
  })
})
