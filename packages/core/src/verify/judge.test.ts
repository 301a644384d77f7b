import { sampleDigest, sampleEntry, sampleEvidence, sampleFileDigest, sampleVolume } from '@catalog/testkit'
import type { EntryContent, FileDigest, ModelFile } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { Reading } from '../entry/reading.ts'
import { applyVerdict } from './apply-verdict.ts'
import { judge } from './judge.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const volume = sampleVolume()
const where = { node: 'node-1', path: '/models/m.gguf', at: '2025-10-02T00:00:00.000Z' }
const found = (read: FileDigest): Reading => ({
  ...where,
  isShared: false,
  files: [{ path: where.path, place: where.path, volume, sizeBytes: read.sizeBytes, read }],
  digest: read.digest,
  bytes: read.sizeBytes,
  durationMs: read.durationMs,
})
const foundRight = found(sampleFileDigest(right))
const foundWrong = found(sampleFileDigest(wrong))
const measured = { path: where.path, place: where.path, volume, sizeBytes: 1024 }
const foundShort: Reading = { ...where, isShared: false, files: [measured], bytes: 0, durationMs: 0 }
const applyReading = (entry: EntryContent, reading: Reading, options = {}): EntryContent =>
  applyVerdict(entry, judge(entry, reading), options)

describe('judge', () => {
  it.each<[string, Partial<EntryContent>, Reading, string]>([
    ['the digest found is the declared one', { digest: right }, foundRight, 'match'],
    ['no digest is declared', { digest: null }, foundWrong, 'match'],
    ['the digest found is another', { digest: right }, foundWrong, 'digest-mismatch'],
    ['the file was measured only', { digest: right, sizeBytes: 2000 }, foundShort, 'size-mismatch'],
    ['a file of another size was read', { digest: null, sizeBytes: 2000 }, foundRight, 'size-mismatch'],
    ['digest and size are right', { digest: right, sizeBytes: 1024 }, foundRight, 'match'],
  ])('where %s', (_, fields, reading, outcome) => {
    const isWhole = outcome === 'match' ? {} : { isWhole: true }
    expect(judge(sampleEntry(fields), reading)).toMatchObject({ outcome, reading, ...isWhole })
  })
})

describe('judge of a set that is not whole', () => {
  const missing = [{ kind: 'missing-shards', text: 'b is missing' }]

  it.each([
    ['the file, if there is one', foundRight.files, where.path],
    ['the directory, if there are more', [...foundRight.files, ...foundRight.files], '/models'],
  ])('names %s', (_, files, path) => {
    const reading = { ...foundRight, path: '/models', files, missing }
    const expected = { outcome: 'not-a-model', path, isWhole: true, wrong: [], diagnosis: missing }
    expect(judge(sampleEntry({ digest: null }), reading)).toEqual({ ...expected, reading })
  })
})

describe('judge of many files', () => {
  const names = ['a', 'b', 'c'] as const
  /** Files with the digests of these seeds, of 10 bytes each. */
  const readOf = (...seeds: number[]): Reading => {
    const files = seeds.map((seed, index) => {
      const path = names[index] ?? ''
      const read = sampleFileDigest(sampleDigest(seed), 10)
      return { path: `/m/${path}`, place: `/m/${path}`, part: { path }, volume, sizeBytes: 10, read }
    })
    return {
      ...where,
      isShared: false,
      path: '/m',
      files,
      digest: sampleDigest(99),
      bytes: 10 * seeds.length,
      durationMs: 1,
    }
  }
  const entryOf = (files: Partial<ModelFile>[], fields: Partial<EntryContent> = {}): EntryContent =>
    sampleEntry({
      digest: null,
      files: files.map((file, index) => ({ path: names[index] ?? '', ...file })),
      ...fields,
    })

  it('names the first wrong file of the manifest, and all that are wrong', () => {
    const entry = entryOf([{ digest: right }, { digest: right }, { digest: right }])
    const verdict = judge(entry, readOf(1, 2, 3))
    expect(verdict).toMatchObject({
      outcome: 'digest-mismatch',
      path: '/m/b',
      isWhole: false,
      expected: right,
      found: wrong,
      sizeBytes: 10,
      wrong: [{ path: '/m/b' }, { path: '/m/c' }],
    })
    const evidence = applyVerdict(entry, verdict).evidence?.['volume-1']
    expect(evidence).toMatchObject({ outcome: 'mismatch', bytes: 30, files: [{ path: 'b' }, { path: 'c' }] })
  })

  it('names a wrong size before a wrong digest', () => {
    const entry = entryOf([{ digest: right }, { digest: right }, { sizeBytes: 11 }])
    const expected = { outcome: 'size-mismatch', path: '/m/c', expectedBytes: 11, foundBytes: 10 }
    expect(judge(entry, readOf(1, 2, 3))).toMatchObject({ ...expected, wrong: [{ path: '/m/c' }] })
  })

  it('takes the files without a declared digest for wrong, if only the whole is wrong, or else all', () => {
    const some = judge(entryOf([{}, { digest: right }, {}], { digest: wrong }), readOf(1, 1, 1))
    const whole = {
      outcome: 'digest-mismatch',
      path: '/m',
      isWhole: true,
      expected: wrong,
      found: sampleDigest(99),
    }
    expect(some).toMatchObject({ ...whole, wrong: [{ path: '/m/a' }, { path: '/m/c' }] })
    const declared = [{ digest: right }, { digest: right }, { digest: right }]
    const all = judge(entryOf(declared, { sizeBytes: 31 }), readOf(1, 1, 1))
    expect(all).toMatchObject({ outcome: 'size-mismatch', path: '/m', expectedBytes: 31, foundBytes: 30 })
    expect('wrong' in all && all.wrong).toHaveLength(3)
  })

  it('compares with what the entry says by now, not with what it said when the reading began', () => {
    const completed = entryOf([{ digest: right, sizeBytes: 10 }, { digest: right }], {
      digest: sampleDigest(99),
    })
    expect(judge(completed, readOf(1, 1))).toMatchObject({ outcome: 'match' })
  })
})

describe('applyVerdict', () => {
  it.each(['Pending', 'Active', 'Failed'] as const)(
    'makes a %s entry with the right bytes Active',
    (state) => {
      const after = applyReading(sampleEntry({ digest: right, state }), foundRight)
      expect(after).toMatchObject({ state: 'Active', verifiedAt: where.at, digestOrigin: 'caller' })
    },
  )

  it('leaves a Retired entry with the right bytes Retired', () => {
    const after = applyReading(sampleEntry({ digest: right, state: 'Retired' }), foundRight)
    expect(after).toMatchObject({ state: 'Retired', evidence: { 'volume-1': { outcome: 'match' } } })
  })

  it.each(['Pending', 'Active', 'Retired', 'Failed'] as const)(
    'makes a %s entry with wrong bytes Failed',
    (state) => {
      const after = applyReading(sampleEntry({ digest: right, state }), foundWrong)
      const failure = { reason: 'digest-mismatch', expected: right, found: wrong, ...where }
      expect(after).toMatchObject({
        state: 'Failed',
        failure,
        evidence: { 'volume-1': { outcome: 'mismatch' } },
      })
    },
  )

  it('takes over everything that the reading told', () => {
    const evidence = applyReading(sampleEntry({ digest: right }), foundRight).evidence?.['volume-1']
    const { sizeBytes: bytes, ...read } = sampleFileDigest(right)
    const { fingerprint, ...rest } = read
    const { dev: _dev, ...recorded } = fingerprint
    const of = { volume: 'volume-1', anchor: '/volume-1/anchor', node: 'node-1' }
    expect(evidence).toEqual({ ...rest, ...of, fingerprint: recorded, bytes, outcome: 'match', at: where.at })
  })

  it('keeps the state while another node has the right bytes', () => {
    const evidence = { 'volume-1': sampleEvidence(right), 'node-2': sampleEvidence(right) }
    const after = applyReading(sampleEntry({ digest: right, state: 'Active', evidence }), foundWrong)
    expect(after).toMatchObject({
      state: 'Active',
      evidence: { 'volume-1': { outcome: 'mismatch', digest: wrong } },
    })
    expect(after.failure).toBeUndefined()
  })

  it('does not count what another node has of an older digest', () => {
    const evidence = { 'node-2': sampleEvidence(sampleDigest(3)) }
    const after = applyReading(sampleEntry({ digest: right, state: 'Active', evidence }), foundWrong)
    expect(after).toMatchObject({ state: 'Failed' })
  })

  it('takes away the evidence of a node whose file has the wrong size', () => {
    const evidence = { 'volume-1': sampleEvidence(right), 'node-2': sampleEvidence(right) }
    const entry = sampleEntry({ digest: right, state: 'Active', sizeBytes: 2000, evidence })
    const after = applyReading(entry, foundShort)
    expect(after).toEqual({ ...entry, evidence: { 'node-2': evidence['node-2'] } })
    expect(applyReading(after, foundShort)).toBe(after)
  })

  it('refers to the file it is told to, on a match only', () => {
    const entry = sampleEntry({ digest: right, location: '/old/m.gguf' })
    expect(applyReading(entry, foundRight, { moveTo: { file: 'new.gguf' } })).toMatchObject({
      file: 'new.gguf',
    })
    expect(applyReading(entry, foundRight, { moveTo: { file: 'new.gguf' } }).location).toBeUndefined()
    expect(applyReading(entry, foundWrong, { moveTo: { file: 'new.gguf' } })).toMatchObject({
      location: '/old/m.gguf',
    })
  })
})
