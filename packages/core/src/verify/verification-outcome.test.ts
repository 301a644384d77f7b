import { sampleDigest, sampleEntry, sampleEvidence, sampleFileDigest } from '@catalog/testkit'
import type { EntryContent, FileDigest } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { applyFinding, type Finding, judge } from './verification-outcome.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const where = { node: 'node-1', path: '/models/m.gguf', at: '2025-10-02T00:00:00.000Z' }
const found = (read: FileDigest): Finding => ({ ...where, kind: 'read', read })
const foundRight = found(sampleFileDigest(right))
const foundWrong = found(sampleFileDigest(wrong))
const foundShort: Finding = { ...where, kind: 'measured', expectedBytes: 2000, foundBytes: 1024 }

describe('judge', () => {
  it.each<[string, Partial<EntryContent>, Finding, string]>([
    ['the digest found is the declared one', { digest: right }, foundRight, 'match'],
    ['no digest is declared', { digest: null }, foundWrong, 'match'],
    ['the digest found is another', { digest: right }, foundWrong, 'digest-mismatch'],
    ['the file was measured only', { digest: right, sizeBytes: 2000 }, foundShort, 'size-mismatch'],
    ['a file of another size was read', { digest: null, sizeBytes: 2000 }, foundRight, 'size-mismatch'],
    ['digest and size are right', { digest: right, sizeBytes: 1024 }, foundRight, 'match'],
  ])('where %s', (_, fields, finding, outcome) => {
    expect(judge(sampleEntry(fields), finding)).toMatchObject({ outcome })
  })
})

describe('applyFinding', () => {
  it.each(['Pending', 'Active', 'Failed'] as const)(
    'makes a %s entry with the right bytes Active',
    (state) => {
      const after = applyFinding(sampleEntry({ digest: right, state }), foundRight)
      expect(after).toMatchObject({ state: 'Active', verifiedAt: where.at, digestOrigin: 'declared' })
    },
  )

  it('leaves a Retired entry with the right bytes Retired', () => {
    const after = applyFinding(sampleEntry({ digest: right, state: 'Retired' }), foundRight)
    expect(after).toMatchObject({ state: 'Retired', evidence: { 'node-1': { outcome: 'match' } } })
  })

  it.each(['Pending', 'Active', 'Retired', 'Failed'] as const)(
    'makes a %s entry with wrong bytes Failed',
    (state) => {
      const after = applyFinding(sampleEntry({ digest: right, state }), foundWrong)
      const failure = { reason: 'digest-mismatch', expected: right, found: wrong, ...where }
      expect(after).toMatchObject({
        state: 'Failed',
        failure,
        evidence: { 'node-1': { outcome: 'mismatch' } },
      })
    },
  )

  it('takes over everything that the reading told', () => {
    const evidence = applyFinding(sampleEntry({ digest: right }), foundRight).evidence?.['node-1']
    const { sizeBytes: bytes, ...read } = sampleFileDigest(right)
    expect(evidence).toEqual({ ...read, bytes, outcome: 'match', at: where.at })
  })

  it('keeps the state while another node has the right bytes', () => {
    const evidence = { 'node-1': sampleEvidence(right), 'node-2': sampleEvidence(right) }
    const after = applyFinding(sampleEntry({ digest: right, state: 'Active', evidence }), foundWrong)
    expect(after).toMatchObject({
      state: 'Active',
      evidence: { 'node-1': { outcome: 'mismatch', digest: wrong } },
    })
    expect(after.failure).toBeUndefined()
  })

  it('does not count what another node has of an older digest', () => {
    const evidence = { 'node-2': sampleEvidence(sampleDigest(3)) }
    const after = applyFinding(sampleEntry({ digest: right, state: 'Active', evidence }), foundWrong)
    expect(after).toMatchObject({ state: 'Failed' })
  })

  it('takes away the evidence of a node whose file has the wrong size', () => {
    const evidence = { 'node-1': sampleEvidence(right), 'node-2': sampleEvidence(right) }
    const entry = sampleEntry({ digest: right, state: 'Active', sizeBytes: 2000, evidence })
    const after = applyFinding(entry, foundShort)
    expect(after).toEqual({ ...entry, evidence: { 'node-2': evidence['node-2'] } })
    expect(applyFinding(after, foundShort)).toBe(after)
  })

  it('refers to the file it is told to, on a match only', () => {
    const entry = sampleEntry({ digest: right, location: '/old/m.gguf' })
    expect(applyFinding(entry, foundRight, { moveTo: { file: 'new.gguf' } })).toMatchObject({
      file: 'new.gguf',
    })
    expect(applyFinding(entry, foundRight, { moveTo: { file: 'new.gguf' } }).location).toBeUndefined()
    expect(applyFinding(entry, foundWrong, { moveTo: { file: 'new.gguf' } })).toMatchObject({
      location: '/old/m.gguf',
    })
  })
})
