import { sampleDigest, sampleEntry, sampleEvidence, sampleFileDigest, sampleVolume } from '@catalog/testkit'
import type { FileDigest, LookResult, Volume } from '@catalog/types'
import { MAX_DIAGNOSIS_NOTES } from '@catalog/types/adapter'
import { describe, expect, it } from 'vitest'
import type { ReadFile, Reading } from '../entry/reading.ts'
import {
  carryOver,
  evidenceOfSameInode,
  hasMatchingEvidence,
  keyOfReading,
  toEvidence,
  withoutEvidenceOf,
  withRefutedEvidence,
} from './evidence.ts'
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

  it('names the volume of the file, if the evidence is of files on several', () => {
    const volumes = [sampleVolume(), sampleVolume({ id: 'volume-2', dev: '2050' })]
    const elsewhere = { ...known, from: { ...from, volumes }, recorded: { ...state, volume: 'volume-2' } }
    const now = { fingerprint: { ...fingerprint, dev: '2050' }, directory: undefined }
    expect(evidenceOfSameInode(elsewhere, now)).toStrictEqual({
      ...{ ...evidence, volume: 'volume-2', anchor: '/volume-2/anchor' },
      ...{ fingerprint: state, bytes: 3 },
    })
  })

  it('names the volume of one file of many, if it is not that of the others', () => {
    const { fingerprint: _fingerprint, ...rest } = evidence
    const files = [{ path: 'a', fingerprint: { ...state, ino: '9' } }]
    const find = (volume: string) =>
      evidenceOfSameInode(
        known,
        { fingerprint, directory: undefined },
        {
          of: { ...from, evidence: { ...rest, volume, files } },
          path: 'a',
        },
      )?.files?.[0]?.fingerprint
    expect(find('volume-1')).toStrictEqual(state)
    expect(find('volume-2')).toStrictEqual({ ...state, volume: 'volume-1' })
  })

  it('names no volume if an older version kept the evidence by host', () => {
    const { volume: _volume, anchor: _anchor, ...ofHost } = evidence
    const host = { ...known, from: { ...from, evidence: ofHost, volumes: [] }, recorded: fingerprint }
    const now = { fingerprint, directory: undefined }
    expect(evidenceOfSameInode(host, now)).toStrictEqual({ ...ofHost, fingerprint, bytes: 3 })
    const { fingerprint: _fingerprint, ...rest } = ofHost
    for (const where of [{}, { volume: 'volume-1' }]) {
      const ofMany = { ...rest, ...where, files: [{ path: 'a', fingerprint: state }] }
      const of = { ...host.from, evidence: ofMany }
      const files = [{ path: 'a', fingerprint }]
      expect(evidenceOfSameInode(host, now, { of, path: 'a' })?.files).toStrictEqual(files)
    }
  })

  it('has what a first look found in that file, and not what it found in many', () => {
    const look = [{ kind: 'zeros', text: 'a tail' }] as const
    const ofOne = { ...from, evidence: { ...evidence, look } }
    expect(evidenceOfSameInode({ ...known, from: ofOne }, seen)?.look).toEqual(look)
    expect(evidenceOfSameInode(known, seen)).not.toHaveProperty('look')
    const { fingerprint: _fingerprint, ...rest } = evidence
    const ofMany = { ...rest, look, files: [{ path: 'a', fingerprint: evidence.fingerprint }] }
    const one = evidenceOfSameInode({ ...known, from: { ...from, evidence: ofMany } }, seen)
    expect(one).not.toHaveProperty('look')
    expect(one).not.toHaveProperty('files')
  })

  it('is undefined if its volume is not mounted', () => {
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

  it('is undefined for evidence of wrong bytes', () => {
    const wrong = { ...from, evidence: { ...evidence, outcome: 'mismatch' as const } }
    expect(evidenceOfSameInode({ ...known, from: wrong }, seen)).toBeUndefined()
  })
})

/** A file of a manifest as it was read. */
function readFile(name: string, fields: Partial<ReadFile> = {}): ReadFile {
  const path = `/models/m/${name}`
  const read = sampleFileDigest(digest)
  return { path, place: path, part: { path: name }, sizeBytes: 1024, volume: sampleVolume(), read, ...fields }
}

function readingOf(files: readonly ReadFile[], fields: Partial<Reading> = {}): Reading {
  const where = { node: 'node-1', isShared: false, at: AT, path: '/models/m' }
  return { ...where, files, digest, bytes: 2048, durationMs: 7, ...fields }
}

const AT = '2025-10-01T00:00:00.000Z'

function readWith(fields: Partial<FileDigest>): FileDigest {
  return { ...sampleFileDigest(digest), ...fields }
}

describe('toEvidence', () => {
  const { part: _part, ...single } = readFile('m')
  const { dev: _dev, ...state } = sampleFileDigest(digest).fingerprint

  it('says what was read, of which volume, by whom and when', () => {
    expect(toEvidence(readingOf([single], { bootId: 'boot-1' }))).toEqual({
      ...{ outcome: 'match', digest, fingerprint: state, bytes: 2048, durationMs: 7, engine: 'native' },
      ...{ volume: 'volume-1', anchor: '/volume-1/anchor', node: 'node-1', bootId: 'boot-1', at: AT },
    })
  })

  it('is undefined if the files were only measured', () => {
    const { read: _read, ...measured } = single
    const { digest: _digest, ...undigested } = readingOf([single])
    expect(toEvidence(readingOf([measured]))).toBeUndefined()
    expect(toEvidence(readingOf([]))).toBeUndefined()
    expect(toEvidence(undigested)).toBeUndefined()
  })

  it('has no fields without a value', () => {
    const { anchor: _anchor, ...unanchored } = sampleVolume()
    const { fingerprint } = sampleFileDigest(digest)
    const born = { ...fingerprint, birthtimeNs: undefined } as never
    const read = readWith({ fingerprint: born })
    expect(toEvidence(readingOf([{ ...single, read, volume: unanchored }]))).toStrictEqual({
      ...{ outcome: 'match', digest, fingerprint: state, bytes: 2048, durationMs: 7, engine: 'native' },
      ...{ volume: 'volume-1', node: 'node-1', at: AT },
    })
  })

  it('has no file that was not read, or that has no path in the model', () => {
    const { read: _read, ...measured } = readFile('b')
    const { files } = toEvidence(readingOf([readFile('a'), measured, single])) ?? {}
    expect(files?.map(({ path }) => path)).toEqual(['a'])
  })

  it('has no more notes of first looks than evidence may have', () => {
    const notes = Array.from({ length: MAX_DIAGNOSIS_NOTES + 1 }, (_, n) => ({
      kind: 'zeros' as const,
      text: `${n}`,
    }))
    const look = { refusals: [], notes }
    expect(toEvidence(readingOf([{ ...single, look }]))?.look).toEqual(notes.slice(0, -1))
  })

  it('has every file of a match, and of a mismatch only those that are wrong', () => {
    const [a, b] = [readFile('a'), readFile('b')]
    const toNamed = (path: string): object => ({ path, fingerprint: state })
    expect(toEvidence(readingOf([a, b]))?.files).toEqual(['a', 'b'].map(toNamed))
    const mismatch = toEvidence(readingOf([a, b]), [b])
    expect(mismatch).toMatchObject({ outcome: 'mismatch', files: [toNamed('b')] })
    expect(mismatch?.files).toHaveLength(1)
  })

  it('is weak if one of its files was read without certainty', () => {
    const weak = readFile('b', { read: readWith({ weak: true }) })
    expect(toEvidence(readingOf([readFile('a'), weak]))?.weak).toBe(true)
    expect(toEvidence(readingOf([readFile('a')]))).not.toHaveProperty('weak')
  })

  it('keeps a birth time only of a volume that has them', () => {
    const read = readWith({ fingerprint: { ...sampleFileDigest(digest).fingerprint, birthtimeNs: '5' } })
    const directory = { ino: '2', birthtimeNs: '3' }
    const find = (volume: Volume) =>
      toEvidence(readingOf([{ ...single, read, directory, volume }]))?.fingerprint
    expect(find(sampleVolume())).toEqual({ ...state, birthtimeNs: '5', directory })
    expect(find(sampleVolume({ hasBirthTime: false }))).toEqual({ ...state, directory: { ino: '2' } })
  })

  it('keeps a directory without a birth time', () => {
    const found = toEvidence(readingOf([{ ...single, directory: { ino: '2' } }]))
    expect(found?.fingerprint).toEqual({ ...state, directory: { ino: '2' } })
    expect(found?.fingerprint?.directory).not.toHaveProperty('birthtimeNs')
  })

  it('names the volume of a file that is not on that of the first one', () => {
    const elsewhere = readFile('b', { volume: sampleVolume({ id: 'volume-2' }) })
    const found = toEvidence(readingOf([readFile('a'), elsewhere]))
    expect(found?.files?.map(({ fingerprint }) => fingerprint.volume)).toEqual([undefined, 'volume-2'])
  })

  it('has what the first looks found, of several files with the path of each', () => {
    const look: LookResult = {
      refusals: [{ kind: 'zeros', text: 'a hole' }],
      notes: [{ kind: 'zeros', text: 'a tail' }],
    }
    const none: LookResult = { refusals: [], notes: [] }
    expect(toEvidence(readingOf([{ ...single, look }]))?.look).toEqual([...look.refusals, ...look.notes])
    expect(toEvidence(readingOf([single]))).not.toHaveProperty('look')
    expect(toEvidence(readingOf([{ ...single, look: none }]))?.look).toEqual([])
    const several = toEvidence(readingOf([readFile('a'), readFile('b', { look })]))
    expect(several?.look?.map(({ text }) => text)).toEqual(['b: a hole', 'b: a tail'])
  })
})

it('a reading stands under the volume of its first file, and is of one at least', () => {
  const files = [readFile('a'), readFile('b', { volume: sampleVolume({ id: 'volume-2' }) })]
  expect(keyOfReading(readingOf(files))).toBe('volume-1')
  expect(() => keyOfReading(readingOf([]))).toThrow('a reading is of one file at least')
})

it('carryOver gives the evidence of a host to its volume, without the device numbers', () => {
  const { volume: _volume, anchor: _anchor, fingerprint, ...rest } = sampleEvidence(digest)
  if (fingerprint === undefined) throw new Error('it is of one file')
  const withDev = { ...fingerprint, dev: '2049' }
  const where = { volume: 'volume-2', node: 'node-2' }
  const { anchor: _, ...unanchored } = sampleVolume({ id: 'volume-2' })
  expect(carryOver({ ...rest, fingerprint: withDev }, unanchored, 'node-2')).toStrictEqual({
    ...rest,
    ...where,
    fingerprint,
  })
  const files = [{ path: 'a', fingerprint: withDev }]
  expect(carryOver({ ...rest, files }, sampleVolume({ id: 'volume-2' }), 'node-2')).toEqual({
    ...{ ...rest, ...where, anchor: '/volume-2/anchor' },
    files: [{ path: 'a', fingerprint }],
  })
})

describe('an entry that means other bytes', () => {
  const [a, b] = [sampleEvidence(digest), sampleEvidence(sampleDigest(2))]

  it('keeps what is known not to be these bytes, as a mismatch', () => {
    const entry = sampleEntry({ digest, evidence: { a, b } })
    expect(withRefutedEvidence(entry).evidence).toEqual({ b: { ...b, outcome: 'mismatch' } })
  })

  it('keeps nothing if it has no digest or many files, or if nothing is refuted', () => {
    const files = [{ path: 'a' }]
    for (const fields of [
      { digest: null, evidence: { b } },
      { digest, files, evidence: { b } },
      { digest, evidence: { a } },
    ])
      expect(withRefutedEvidence(sampleEntry(fields))).not.toHaveProperty('evidence')
    expect(withRefutedEvidence(sampleEntry({ digest }))).toEqual(sampleEntry({ digest }))
  })
})

it('withoutEvidenceOf drops what stands under one key, and gives the same entry if nothing does', () => {
  const [a, b] = [sampleEvidence(digest), sampleEvidence(sampleDigest(2))]
  const entry = sampleEntry({ digest, evidence: { a, b } })
  expect(withoutEvidenceOf(entry, 'a').evidence).toEqual({ b })
  expect(withoutEvidenceOf(entry, 'c')).toBe(entry)
  expect(withoutEvidenceOf(sampleEntry({ digest, evidence: { a } }), 'a')).toEqual(sampleEntry({ digest }))
})
