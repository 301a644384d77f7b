import { FakeFiles, openMemoryStore, sampleDigest, sampleEntry } from '@catalog/testkit'
import { CatalogError, type CatalogStore, type Fingerprint, parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { inodeOf } from '../../evidence/fingerprints.ts'
import { CurrentNames } from './current-names.ts'

const PATH = '/models/m.gguf'
const seen: Fingerprint = {
  dev: '2049',
  ino: '7',
  sizeBytes: 5,
  mtimeNs: '1',
  ctimeNs: '1',
  birthtimeNs: '100',
}

/** What a survey has seen of one model, whose file had the inode 7, and of more files of it. */
async function namesOf(
  files: FakeFiles,
  own: Fingerprint = seen,
  more: readonly (readonly [path: string, seen: Fingerprint | undefined])[] = [],
): Promise<CurrentNames & { readonly store: CatalogStore }> {
  const store = await openMemoryStore()
  const quarantine = [{ path: `${PATH}.quarantined-1`, node: 'n', at: '2025-10-01T00:00:00Z', sizeBytes: 1 }]
  const entry = { ...sampleEntry({ id: parseModelId('m'), quarantine }), revision: 1 }
  const reference = { file: 'm.gguf' }
  const sight = { kind: 'file' as const, fingerprint: own }
  const file = {
    reference,
    entry,
    path: PATH,
    sight,
    own: undefined,
    known: undefined,
    isAbsent: false,
  }
  const others = more.map(([path, fingerprint]) => ({
    ...file,
    path,
    reference: { file: path.slice('/models/'.length) },
    sight: fingerprint === undefined ? { kind: 'missing' as const } : { ...sight, fingerprint },
  }))
  const survey = {
    entries: [entry],
    named: new Map([[entry, [file, ...others]]]),
    files: new Map(),
    unreadable: [],
    owners: new Map([[PATH, [entry]]]),
    ownersOfInode: new Map([[inodeOf(seen), [entry]]]),
  }
  const context = {
    store,
    files,
    verifier: files,
    volumes: files.volumes,
    node: 'n',
    formerNodes: [],
  } as unknown as CatalogContext
  return Object.assign(new CurrentNames(context, survey, 0), { store })
}

async function isOwner(files: FakeFiles, found: Fingerprint): Promise<boolean> {
  const names = await namesOf(files)
  const owners = await names.findOwners({ path: '/models/other', fingerprint: found, kind: 'file', links: 1 })
  return owners.length > 0
}

describe('a model whose file had the inode when applying began', () => {
  it('owns a file of that inode if its own name is away for a moment', async () => {
    expect(await isOwner(new FakeFiles(), { ...seen, ctimeNs: '2' })).toBe(true)
  })

  it('does not own a file that was made later', async () => {
    expect(await isOwner(new FakeFiles(), { ...seen, birthtimeNs: '101' })).toBe(false)
  })

  it('does not own it once another file, or a link, has its name', async () => {
    const other = new FakeFiles()
    other.put(PATH, sampleDigest(1))
    expect(await isOwner(other, seen)).toBe(false)
    const linked = new FakeFiles()
    const details = { path: PATH, kind: 'link' } as never
    linked.special.set(PATH, new CatalogError('NOT_A_REGULAR_FILE', 'a link', details))
    expect(await isOwner(linked, seen)).toBe(false)
  })

  it('owns it under its own name', async () => {
    const files = new FakeFiles()
    files.freedInodes.push(seen.ino)
    files.put(PATH, sampleDigest(1))
    expect(await isOwner(files, seen)).toBe(true)
  })
})

describe('a model of several files, one of which had the inode when applying began', () => {
  const found = { path: '/models/other', fingerprint: seen, kind: 'file' as const, links: 1 }
  const more = [
    ['/models/n.gguf', undefined],
    ['/models/o.gguf', { ...seen, ino: '8' }],
  ] as const

  it('owns a file of that inode while the name of that one is away', async () => {
    const names = await namesOf(new FakeFiles(), seen, more)
    expect(await names.findOwners(found)).toHaveLength(1)
  })

  it('does not own it once another file has that name, whatever became of its other files', async () => {
    const files = new FakeFiles()
    files.put(PATH, sampleDigest(1))
    const names = await namesOf(files, seen, more)
    expect(await names.findOwners(found)).toEqual([])
  })
})

it('files of one inode are the same if the time of birth of one of them is not known', async () => {
  const { birthtimeNs: _birthtimeNs, ...unborn } = seen
  expect(await isOwner(new FakeFiles(), unborn)).toBe(true)
  const found = { path: '/models/other', fingerprint: seen, kind: 'file' as const, links: 1 }
  const names = await namesOf(new FakeFiles(), unborn)
  expect(await names.findOwners(found)).toHaveLength(1)
})

it('a path belongs to the models that name it by now, and a quarantined file to those that have its record', async () => {
  const files = new FakeFiles()
  const names = await namesOf(files)
  const [quarantined, before] = ['/models/n.gguf.quarantined-1', `${PATH}.quarantined-1`]
  const record = { path: quarantined, node: 'n', at: '2025-10-01T00:00:00Z', sizeBytes: 1 }
  const entry = sampleEntry({ id: 'n', file: 'n.gguf', quarantine: [record] })
  const commit = (ifRevision: number, changed: typeof entry) =>
    names.store.commit([{ operation: 'edit', changes: [{ id: entry.id, ifRevision, entry: changed }] }])
  expect(await names.findQuarantining(before)).toHaveLength(1)
  await commit(0, entry)
  expect(await names.findOwnersOfPath('/models/n.gguf')).toMatchObject([{ entry: { id: 'n' } }])
  expect(await names.findQuarantining(quarantined)).toMatchObject([{ entry: { id: 'n' } }])
  expect(await names.findQuarantining('/models/o.gguf.quarantined-1')).toEqual([])
  const { quarantine: _quarantine, ...rest } = entry
  await commit(1, { ...rest, file: 'o.gguf' })
  expect(await names.findOwnersOfPath('/models/n.gguf')).toEqual([])
  expect(await names.findOwnersOfPath('/models/o.gguf')).toHaveLength(1)
  expect(await names.findQuarantining(quarantined)).toEqual([])
  expect(await names.findFiles(entry.id)).toMatchObject([{ path: '/models/o.gguf' }])
  expect(await names.findFiles(parseModelId('none'))).toEqual([])
})

describe('a model that was removed while a plan is applied', () => {
  it('owns neither its file nor its quarantined one, even if it was registered after the survey', async () => {
    const files = new FakeFiles()
    files.put(PATH, sampleDigest(1))
    const names = await namesOf(files)
    expect(await names.findOwnersOfPath(PATH)).toHaveLength(1)
    const entry = sampleEntry({ id: 'm' })
    await names.store.commit([
      { operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] },
      { operation: 'remove', changes: [{ id: entry.id, ifRevision: 1, entry: null }] },
    ])
    expect(await names.findOwnersOfPath(PATH)).toEqual([])
    expect(await names.findQuarantining(`${PATH}.quarantined-1`)).toEqual([])
  })
})
