import { FakeFiles, sampleDigest, sampleEntry } from '@catalog/testkit'
import { type EntryContent, parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog } from '../../test/test-catalog.ts'
import { type CatalogContext, createContext } from '../context/catalog-ports.ts'
import { findClaims, findPathConflict, haveCommonFile, isWhollyKnown, toNamed } from './claims.ts'
import { canonicalPathOf, orNothing } from './naming-entries.ts'

const [one, two] = [sampleDigest(1), sampleDigest(2)]
const AT = '2025-10-01T00:00:00.000Z'
const files = new FakeFiles()
const here = { files, node: 'node-1', formerNodes: ['old-1'] }
const named = (fields: Partial<EntryContent>) => toNamed(here, sampleEntry(fields))
const conflictOf = (a: Partial<EntryContent>, b: Partial<EntryContent>) =>
  findPathConflict(here, named({ id: parseModelId('a'), ...a }), named({ id: parseModelId('b'), ...b }))
const recorded = (path: string, node = 'node-1') => ({ quarantine: [{ path, node, at: AT, sizeBytes: 1 }] })

describe('isWhollyKnown', () => {
  it.each([
    [true, { digest: one }],
    [false, { digest: null }],
    [true, { digest: null, files: [{ path: 'a', digest: one }] }],
    [false, { digest: one, files: [{ path: 'a', digest: one }, { path: 'b' }] }],
  ])('is %s of %j', (isKnown, fields) => {
    expect(isWhollyKnown(here, sampleEntry(fields))).toBe(isKnown)
  })
})

describe('findPathConflict', () => {
  it.each<[string, Partial<EntryContent>, Partial<EntryContent>, object | undefined]>([
    [
      'two directories',
      { file: 'd', files: [{ path: 'a' }] },
      { file: 'd', files: [{ path: 'b' }] },
      undefined,
    ],
    [
      'a file and a directory',
      { file: 'd', digest: one },
      { file: 'd', files: [{ path: 'b' }] },
      { path: '/models/d' },
    ],
    [
      'a directory and a file',
      { file: 'd', files: [{ path: 'b' }] },
      { file: 'd', digest: one },
      { path: '/models/d' },
    ],
    [
      'a file of one that is a directory of the other, both with unknown bytes',
      { file: 'd', digest: null },
      { file: 'd', files: [{ path: 'b' }] },
      { path: '/models/d' },
    ],
    ['the same bytes', { file: 'f', digest: one }, { file: 'f', digest: one }, undefined],
    [
      'other bytes',
      { file: 'f', digest: one },
      { file: 'f', digest: two },
      { path: '/models/f', reason: 'other-bytes' },
    ],
    ['unknown bytes', { file: 'f', digest: null }, { file: 'f', digest: null }, { path: '/models/f' }],
    [
      'what a download of one makes',
      { file: 'f' },
      { file: 'f.partial' },
      { path: '/models/f.partial', reason: 'download-name' },
    ],
    ['a recorded file', recorded('/models/q'), { file: 'q' }, { path: '/models/q', reason: 'download-name' }],
    ['one recorded by a former name', { file: 'q' }, recorded('/models/q', 'old-1'), { path: '/models/q' }],
    ['a recorded file of another machine', recorded('/models/q', 'node-2'), { file: 'q' }, undefined],
    ['a recorded file of another path', recorded('/models/p'), { file: 'q' }, undefined],
  ])('of %s', (_, a, b, expected) => {
    const conflict = conflictOf(a, b)
    if (expected === undefined) expect(conflict).toBeUndefined()
    else expect(conflict).toMatchObject(expected)
  })
})

it('two sets have a file in common if one of their files is the same, and not if only their directory is', () => {
  const set = (...paths: string[]) => named({ file: 'd', files: paths.map((path) => ({ path })) })
  expect(haveCommonFile(set('a', 'b'), set('b', 'c'))).toBe(true)
  expect(haveCommonFile(set('a'), set('c'))).toBe(false)
})

async function openContext(): Promise<CatalogContext> {
  const { catalog, store, other, files: disk, clock } = await openTestCatalog()
  await catalog.register({ id: 'z', source: 'x', digest: one, file: 'm.gguf' })
  await catalog.register({ id: 'm', source: 'x', digest: one })
  await catalog.register({ id: 's', source: 'x', files: [{ path: 'a', digest: two }, { path: 'b' }] })
  await edit(other, 's', {
    quarantine: [
      { path: '/models/other.quarantined-1', node: 'node-2', at: AT, sizeBytes: 1 },
      { path: '/models/old.quarantined-1', node: 'node-1', at: AT, sizeBytes: 1 },
    ],
  })
  return createContext({ store, verifier: disk, files: disk, volumes: disk.volumes, clock, node: 'node-1' })
}

describe('findClaims', () => {
  const both = (kind: string, digest: string | null = null) => [
    ['m', kind, digest],
    ['z', kind, digest],
  ]
  it.each<[string, unknown[]]>([
    ['/models/m.gguf', both('file', one)],
    ['/models/m.gguf.partial', both('partial')],
    ['/models/m.gguf.partial.checkpoint', both('checkpoint')],
    ['/models/m.gguf.quarantined-3', both('quarantined')],
    ['/models/s', [['s', 'directory', null]]],
    ['/models/s.partial', [['s', 'partial', null]]],
    ['/models/s.quarantined-1', []],
    ['/models/s/a', [['s', 'part', two]]],
    ['/models/s/b', [['s', 'part', null]]],
    ['/models/s/b.partial', [['s', 'partial', null]]],
    ['/models/s/c.partial', []],
    ['/models/s/other', []],
    ['/models/old.quarantined-1', [['s', 'quarantined', null]]],
    ['/models/other.quarantined-1', []],
    ['/models/new.quarantined-1', []],
  ])('of %s are by id, each with its kind and digest', async (path, expected) => {
    const claims = await findClaims(await openContext(), path)
    expect(claims.map(({ entry, kind, digest }) => [entry.id, kind, digest])).toEqual(expected)
    for (const claim of claims) expect(claim.path).toBe(path)
  })
})

describe('canonicalPathOf', () => {
  it.each([
    ['a place in the first root', '/models/m.gguf', '/models/m.gguf'],
    ['a place in the second root', '/archive/m.gguf', '/archive/m.gguf'],
    ['another spelling of a place in a root', '/link/m.gguf', '/models/m.gguf'],
    ['a place in no root', '/srv/m.gguf', '/srv/m.gguf'],
  ])('of %s', (_, location, expected) => {
    const roots = new FakeFiles()
    roots.pathsOf = () => ['/models/m.gguf', '/archive/m.gguf']
    roots.referenceTo = (path) => (path.startsWith('/srv') ? { location: path } : { file: 'm.gguf' })
    expect(canonicalPathOf({ files: roots }, { location })).toBe(expected)
  })
})

it('orNothing hides no error but that of the input', () => {
  const fault = new TypeError('a fault')
  expect(() =>
    orNothing(() => {
      throw fault
    }),
  ).toThrow(fault)
})
