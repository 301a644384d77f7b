import { sampleDigest, sampleEntry, sampleEvidence, sampleVolume } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { evidenceOfSameInode, hasMatchingEvidence } from './evidence.ts'
import { evidenceOf } from './own-evidence.ts'

const digest = sampleDigest(1)

describe('evidenceOf', () => {
  it('finds the evidence of a node, and undefined if it has none', () => {
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

describe('evidenceOfSameInode', () => {
  const state = { ino: '2', sizeBytes: 3, mtimeNs: '4', ctimeNs: '5' }
  const fingerprint = { dev: '2049', ...state }
  const directory = { ino: '7' }
  const seen = { fingerprint, directory }
  const evidence = { ...sampleEvidence(digest), fingerprint: { ...state, directory: { ino: '6' } } }
  const from = { key: 'volume-1', evidence, volumes: [sampleVolume()] }
  const known = { from, recorded: evidence.fingerprint, digest }

  it('is what was read, for another entry of the file', () => {
    const expected = { ...evidence, fingerprint: { ...state, directory }, bytes: 3 }
    expect(evidenceOfSameInode(known, seen)).toEqual(expected)
  })

  it('renews one file of many, and no other', () => {
    const { fingerprint: _fingerprint, ...rest } = evidence
    const files = ['a', 'b'].map((path) => ({ path, fingerprint: { ...state, ino: '9' } }))
    const of = { ...from, evidence: { ...rest, files } }
    expect(evidenceOfSameInode(known, seen, { of, path: 'b' })?.files).toEqual([
      files[0],
      { path: 'b', fingerprint: { ...state, directory } },
    ])
  })

  it('is none once its volume is not here', () => {
    expect(evidenceOfSameInode({ ...known, from: { ...from, volumes: [] } }, seen)).toBeUndefined()
  })

  it.each([
    ['dev', '9'],
    ['ino', '9'],
    ['sizeBytes', 9],
    ['mtimeNs', '9'],
    ['ctimeNs', '9'],
  ] as const)('is none for a file of another %s', (field, value) => {
    const now = { ...fingerprint, [field]: value }
    expect(evidenceOfSameInode(known, { ...seen, fingerprint: now })).toBeUndefined()
  })

  it('is none for what was read and is wrong', () => {
    const wrong = { ...from, evidence: { ...evidence, outcome: 'mismatch' as const } }
    expect(evidenceOfSameInode({ ...known, from: wrong }, seen)).toBeUndefined()
  })
})
