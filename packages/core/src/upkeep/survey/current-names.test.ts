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

/** What a survey has seen of one model, whose file had the inode 7. */
async function namesOf(files: FakeFiles): Promise<CurrentNames & { readonly store: CatalogStore }> {
  const store = await openMemoryStore()
  const quarantine = [{ path: `${PATH}.quarantined-1`, node: 'n', at: '2025-10-01T00:00:00Z', sizeBytes: 1 }]
  const entry = { ...sampleEntry({ id: parseModelId('m'), quarantine }), revision: 1 }
  const reference = { file: 'm.gguf' }
  const sight = { kind: 'file' as const, fingerprint: seen }
  const file = {
    reference,
    entry,
    path: PATH,
    sight,
    own: undefined,
    known: undefined,
    isAbsent: false,
  }
  const survey = {
    entries: [entry],
    named: new Map([[entry, [file]]]),
    files: new Map(),
    unreadable: [],
    owners: new Map([[PATH, [entry]]]),
    ownersOfInode: new Map([[inodeOf(seen), [entry]]]),
  }
  const context = { store, files, verifier: files } as unknown as CatalogContext
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
