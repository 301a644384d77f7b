import { FakeFiles, sampleDigest, sampleEntry, sampleEvidence, sampleVolume } from '@catalog/testkit'
import type { EntryContent, Evidence, Volume } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import {
  anchorsOf,
  createHereCheck,
  evidenceKeyOf,
  findAnyEvidence,
  findOwnEvidence,
  knownFingerprintOf,
  recordedOf,
} from './own-evidence.ts'

const digest = sampleDigest(1)
const [first, second] = [sampleVolume(), sampleVolume({ id: 'volume-2', dev: '2050' })]

function hereWith(present: readonly Volume[], isShared = false) {
  const { volumes } = new FakeFiles()
  volumes.present = present
  return { volumes, node: 'node-1', formerNodes: ['old-name'], store: { isShared } }
}

function evidenceOn(volume: string, at: string, outcome: Evidence['outcome'] = 'match'): Evidence {
  return { ...sampleEvidence(digest, outcome), volume, at }
}

function entryWith(evidence: Readonly<Record<string, Evidence>>): EntryContent {
  return sampleEntry({ digest, evidence })
}

function ofHost(): Evidence {
  const { volume: _volume, anchor: _anchor, ...evidence } = sampleEvidence(digest)
  return evidence
}

it('evidence stands under its volume, on a shared one with the node, and without an anchor under the node', () => {
  const { anchor: _anchor, ...unanchored } = first
  const alone = { node: 'n', isShared: false }
  expect(evidenceKeyOf(first, alone)).toBe('volume-1')
  expect(evidenceKeyOf({ ...first, isLocal: false }, alone)).toBe('volume-1@n')
  expect(evidenceKeyOf(unanchored, alone)).toBe('unanchored@n')
})

it('the anchors of an entry are those of its evidence, each once', () => {
  const evidence = { a: sampleEvidence(digest), b: sampleEvidence(digest), c: ofHost() }
  const here = hereWith([])
  expect(anchorsOf(here, entryWith(evidence))).toEqual(['/volume-1/anchor'])
  expect(anchorsOf(here, sampleEntry())).toEqual([])
})

it('in a shared store evidence stands under its volume and the node', () => {
  const { anchor: _anchor, ...unanchored } = first
  const shared = { node: 'n', isShared: true }
  expect(evidenceKeyOf(first, shared)).toBe('volume-1@n')
  expect(evidenceKeyOf({ ...first, isLocal: false }, shared)).toBe('volume-1@n')
  expect(evidenceKeyOf(unanchored, shared)).toBe('unanchored@n')
})

describe('in a shared store', () => {
  const here = hereWith([first], true)
  const by = (node: string | undefined): Evidence => {
    const { node: _node, ...evidence } = evidenceOn('volume-1', '2025-10-02T00:00:00Z')
    return node === undefined ? evidence : { ...evidence, node }
  }

  it.each<[string, string, Evidence, string | undefined]>([
    ['its own key', 'volume-1@node-1', by('node-1'), 'volume-1@node-1'],
    ['the volume alone, if this node wrote it', 'volume-1', by('node-1'), 'volume-1'],
    ['the volume alone, if another node wrote it', 'volume-1', by('node-2'), undefined],
    ['the volume alone, if a former name of this node wrote it', 'volume-1', by('old-name'), undefined],
    ['the volume alone, if it does not say which node wrote it', 'volume-1', by(undefined), undefined],
    ['the key of another node with a clone of the disk', 'volume-1@node-2', by('node-2'), undefined],
    ['the name of this node, as an older version kept it', 'node-1', ofHost(), undefined],
    ['a former name of this node', 'old-name', ofHost(), undefined],
  ])('evidence under %s', (_, key, evidence, found) => {
    const entry = entryWith({ [key]: evidence })
    expect(findOwnEvidence(here, entry, '2049')?.key).toBe(found)
    expect(findAnyEvidence(here, entry)?.key).toBe(found)
  })

  it('what stands under the node counts before what stands under the volume alone', () => {
    const mismatch = { ...by('node-1'), outcome: 'mismatch' as const }
    const entry = entryWith({ 'volume-1': by('node-1'), 'volume-1@node-1': mismatch })
    expect(findAnyEvidence(here, entry)?.key).toBe('volume-1@node-1')
  })

  it('the anchors of an entry are those of what this node read', () => {
    const other = { ...by('node-2'), anchor: '/other/anchor' }
    expect(anchorsOf(here, entryWith({ a: other, b: by('node-1') }))).toEqual(['/volume-1/anchor'])
  })
})

it('what a shared store kept by volume and node counts for that node in a store of its own', () => {
  const evidence = { ...evidenceOn('volume-1', '2025-10-02T00:00:00Z'), node: 'node-1' }
  const entry = entryWith({ 'volume-1@node-1': evidence })
  expect(findAnyEvidence(hereWith([first]), entry)?.key).toBe('volume-1@node-1')
  expect(findAnyEvidence({ ...hereWith([first]), node: 'node-2' }, entry)).toBeUndefined()
})

describe('what is of a volume that is here', () => {
  const { anchor: _anchor, ...unanchored } = sampleVolume({ id: 'process-9', dev: '2051' })
  const present = [first, unanchored]
  const by = (volume: string | undefined, node: string): Evidence => {
    const { volume: _volume, ...evidence } = { ...sampleEvidence(digest), node }
    return volume === undefined ? evidence : { ...evidence, volume }
  }

  it.each<[string, boolean, string, Evidence]>([
    ['a disk that was brought from another machine', true, 'volume-1', by('volume-1', 'node-2')],
    ['what this machine wrote in a shared store', true, 'volume-1@node-1', by('volume-1', 'node-1')],
    ['what another machine wrote in a shared store', false, 'volume-1@node-2', by('volume-1', 'node-2')],
    ['a volume that is away', false, 'volume-9', by('volume-9', 'node-1')],
    ['a volume without an anchor', true, 'unanchored@node-1', by('process-9', 'node-1')],
    ['such a volume, under its id', false, 'process-9', by('process-9', 'node-1')],
    ['a volume, under another name', false, 'x', by('volume-1', 'node-1')],
    ['what an older version kept by host', false, 'node-1', by(undefined, 'node-1')],
  ])('in a store of one machine: %s is %s', (_, isHere, key, evidence) => {
    expect(createHereCheck(hereWith(present))(key, evidence)).toBe(isHere)
  })

  it.each<[string, boolean, string, Evidence]>([
    ['what this machine read', true, 'volume-1@node-1', by('volume-1', 'node-1')],
    ['what it read before the store was shared', true, 'volume-1', by('volume-1', 'node-1')],
    ['what another machine read before that', false, 'volume-1', by('volume-1', 'node-2')],
    ['what another machine read on a clone', false, 'volume-1@node-2', by('volume-1', 'node-2')],
  ])('in a shared store: %s is %s', (_, isHere, key, evidence) => {
    expect(createHereCheck(hereWith(present, true))(key, evidence)).toBe(isHere)
  })
})

describe('findAnyEvidence', () => {
  it('is the match, if the volumes that are here have both', () => {
    const evidence = {
      'volume-1': evidenceOn('volume-1', '2025-10-02T00:00:00Z', 'mismatch'),
      'volume-2': evidenceOn('volume-2', '2025-10-01T00:00:00Z'),
    }
    for (const present of [
      [first, second],
      [second, first],
    ])
      expect(findAnyEvidence(hereWith(present), entryWith(evidence))?.key).toBe('volume-2')
  })

  it('is the last of several matches', () => {
    const evidence = {
      'volume-1': evidenceOn('volume-1', '2025-10-02T00:00:00Z'),
      'volume-2': evidenceOn('volume-2', '2025-10-01T00:00:00Z'),
    }
    for (const present of [
      [first, second],
      [second, first],
    ])
      expect(findAnyEvidence(hereWith(present), entryWith(evidence))?.key).toBe('volume-1')
  })

  it('is of the device that is asked for', () => {
    const evidence = {
      'volume-1': evidenceOn('volume-1', '2025-10-02T00:00:00Z'),
      'volume-2': evidenceOn('volume-2', '2025-10-01T00:00:00Z'),
    }
    const here = hereWith([first, second])
    expect(findAnyEvidence(here, entryWith(evidence), [first, second], '2050')?.key).toBe('volume-2')
    expect(findAnyEvidence(here, entryWith(evidence), [first, second], '7')).toBeUndefined()
  })

  it('is that of an older version by this host, or by a former name of it, if no volume has any', () => {
    const here = hereWith([first])
    expect(findAnyEvidence(here, entryWith({ 'node-1': ofHost() }))?.key).toBe('node-1')
    expect(findAnyEvidence(here, entryWith({ 'old-name': ofHost() }))).toMatchObject({ volumes: [] })
    expect(findAnyEvidence(here, entryWith({ 'node-2': ofHost() }))).toBeUndefined()
    expect(findAnyEvidence(here, entryWith({ 'node-1': evidenceOn('volume-9', '') }))).toBeUndefined()
    expect(findAnyEvidence(here, sampleEntry({ digest }))).toBeUndefined()
  })
})

describe('findOwnEvidence', () => {
  it('is of the volume that has the device number now, and of no other that is here', () => {
    const evidence = { 'volume-1': evidenceOn('volume-1', '2025-10-02T00:00:00Z') }
    const here = hereWith([first, second])
    const own = findOwnEvidence(here, entryWith(evidence), '2049')
    expect(own).toEqual({ key: 'volume-1', evidence: evidence['volume-1'], volumes: [first] })
    expect(findOwnEvidence(here, entryWith(evidence), '2050')).toBeUndefined()
    expect(findOwnEvidence(here, entryWith(evidence), '7')).toBeUndefined()
    expect(findOwnEvidence(here, sampleEntry({ digest }), '2049')).toBeUndefined()
  })

  it('is found by the anchors of the entry if the device number is not known yet', () => {
    const here = hereWith([])
    const asked: unknown[] = []
    here.volumes.find = (dev, anchors = []) => {
      asked.push([dev, anchors])
      return anchors.length === 0 ? undefined : first
    }
    expect(findOwnEvidence(here, entryWith({ 'volume-1': sampleEvidence(digest) }), '2049')?.key).toBe(
      'volume-1',
    )
    expect(asked).toEqual([
      ['2049', []],
      ['2049', ['/volume-1/anchor']],
    ])
  })

  it('asks for no volume if there is no evidence', () => {
    const here = hereWith([first])
    here.volumes.find = () => {
      throw new Error('it was asked for')
    }
    expect(findOwnEvidence(here, sampleEntry({ digest }), '2049')).toBeUndefined()
  })

  it('has only the volume of its files if no evidence is of files on several', () => {
    const { fingerprint: _fingerprint, ...rest } = sampleEvidence(digest)
    const fingerprint = { ino: '1', sizeBytes: 1, mtimeNs: '1', ctimeNs: '1' }
    const here = { ...rest, files: [{ path: 'a', fingerprint }] }
    const several = {
      ...rest,
      volume: 'volume-3',
      files: [{ path: 'a', fingerprint: { ...fingerprint, volume: 'v' } }],
    }
    const find = (evidence: Readonly<Record<string, Evidence>>) =>
      findOwnEvidence(hereWith([first, second]), entryWith(evidence), '2049')?.volumes
    expect(find({ 'volume-1': here })).toEqual([first])
    expect(find({ 'volume-1': sampleEvidence(digest) })).toEqual([first])
    expect(find({ 'volume-1': here, 'volume-3': several })).toEqual([first, second])
  })

  it('has every volume that is here for files that are on several', () => {
    const { fingerprint: _fingerprint, ...rest } = sampleEvidence(digest)
    const { dev: _dev, ...state } = { dev: '', ino: '1', sizeBytes: 1, mtimeNs: '1', ctimeNs: '1' }
    const files = [
      { path: 'a', fingerprint: state },
      { path: 'b', fingerprint: { ...state, volume: 'volume-2' } },
    ]
    const entry = entryWith({ 'volume-1': { ...rest, files } })
    const own = findOwnEvidence(hereWith([first, second]), entry, '2049')
    if (own === undefined) throw new Error('there must be evidence')
    expect(own.volumes).toEqual([first, second])
    expect(knownFingerprintOf(own, { path: 'a' })?.dev).toBe('2049')
    expect(knownFingerprintOf(own, { path: 'b' })?.dev).toBe('2050')
    expect(recordedOf(own, { path: 'c' })).toBeUndefined()
    expect(knownFingerprintOf(own, { path: 'c' })).toBeUndefined()
    expect(knownFingerprintOf(undefined)).toBeUndefined()
    const ofOne = { ...own, evidence: sampleEvidence(digest) }
    expect(recordedOf(ofOne, { path: 'a' })).toBeUndefined()
  })
})

it('a known fingerprint has the birth time that was recorded', () => {
  const { fingerprint, ...rest } = sampleEvidence(digest)
  if (fingerprint === undefined) throw new Error('it is of one file')
  const born = { ...rest, fingerprint: { ...fingerprint, birthtimeNs: '5' } }
  const own = { key: 'volume-1', volumes: [first] }
  expect(knownFingerprintOf({ ...own, evidence: born })).toEqual({
    ...fingerprint,
    dev: '2049',
    birthtimeNs: '5',
  })
  expect(knownFingerprintOf({ ...own, evidence: { ...rest, fingerprint } })).not.toHaveProperty('birthtimeNs')
  expect(knownFingerprintOf({ ...own, volumes: [], evidence: born })).toBeUndefined()
})
