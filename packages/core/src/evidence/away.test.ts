import {
  FakeFiles,
  sampleDigest,
  sampleEntry,
  sampleEvidence,
  sampleFileDigest,
  sampleVolume,
} from '@catalog/testkit'
import type { CatalogStore, DirectoryIdentity, Evidence } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { isAway, isFileAway } from './away.ts'

const digest = sampleDigest(1)
const path = '/models/m.gguf'

function contextWith(directory: DirectoryIdentity | undefined): CatalogContext {
  const files = new FakeFiles()
  files.volumes.directoryOf = () => directory
  const store = { isShared: false } as CatalogStore
  return { store, files, volumes: files.volumes } as Partial<CatalogContext> as CatalogContext
}

/** Whether the file is away that was read in one directory, and whose place is in another now. */
function judge(before: DirectoryIdentity | undefined, now: DirectoryIdentity | undefined): boolean {
  const evidence = sampleEvidence(digest)
  const { dev: _dev, ...state } = sampleFileDigest(digest).fingerprint
  const fingerprint = { ...state, ...(before !== undefined && { directory: before }) }
  const own = { key: 'volume-1', evidence: { ...evidence, fingerprint }, volumes: [sampleVolume()] }
  return isFileAway(contextWith(now), sampleEntry({ digest }), { own, path, part: undefined })
}

describe('a file that is missing', () => {
  it.each([
    ['its directory is the one that it was read in', { ino: '2' }, { ino: '2' }, false],
    ['its directory is another one', { ino: '2' }, { ino: '3' }, true],
    ['its directory is missing too', { ino: '2' }, undefined, true],
    ['its directory has the inode of one that was born earlier', born('2', '1'), born('2', '5'), true],
    ['its directory has the same birth time', born('2', '1'), born('2', '1'), false],
    ['only now its directory has a birth time', { ino: '2' }, born('2', '1'), false],
    ['its evidence names no directory, and one is there', undefined, { ino: '2' }, false],
    ['its evidence names no directory, and none is there', undefined, undefined, true],
  ])('if %s', (_, before, now, isAway) => {
    expect(judge(before, now)).toBe(isAway)
  })

  it('is away if it was read on a volume, and none of them is here', () => {
    const ofVolume = sampleEvidence(digest)
    const { volume: _volume, ...ofHost } = ofVolume
    const missing = { own: undefined, path, part: undefined }
    const isAway = (evidence: Record<string, Evidence>): boolean =>
      isFileAway(contextWith(undefined), sampleEntry({ digest, evidence }), missing)
    expect(isAway({ 'volume-1': ofVolume })).toBe(true)
    expect(isAway({ 'node-1': ofHost, 'volume-1': ofVolume })).toBe(true)
    expect(isAway({ 'node-1': ofHost })).toBe(false)
    expect(isAway({})).toBe(false)
  })
})

it('a model is away if one of its files is', () => {
  const { fingerprint: _fingerprint, ...rest } = sampleEvidence(digest)
  const state = { ino: '1', sizeBytes: 1, mtimeNs: '1', ctimeNs: '1', directory: { ino: '2' } }
  const parts = ['x/a', 'y/b'].map((part) => ({ path: part }))
  const evidence = { 'volume-1': { ...rest, files: parts.map((part) => ({ ...part, fingerprint: state })) } }
  const entry = sampleEntry({ id: 'm', digest, files: parts, evidence })
  const files = new FakeFiles()
  const store = { isShared: false } as CatalogStore
  const context = {
    store,
    files,
    volumes: files.volumes,
    node: 'n',
    formerNodes: [],
  } as Partial<CatalogContext>
  files.volumes.directoryOf = () => ({ ino: '2' })
  expect(isAway(context as CatalogContext, entry)).toBe(false)
  files.volumes.directoryOf = (at) => ({ ino: at.endsWith('/y/b') ? '3' : '2' })
  expect(isAway(context as CatalogContext, entry)).toBe(true)
})

function born(ino: string, birthtimeNs: string): DirectoryIdentity {
  return { ino, birthtimeNs }
}
