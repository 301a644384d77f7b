import { sampleDigest, sampleRegistration } from '@catalog/testkit'
import type { EntryUpdateInput } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { hasMatchingEvidence } from '../src/evidence/evidence.ts'
import { openTestCatalog, type TestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)

async function openActive(): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  await opened.catalog.register(sampleRegistration({ id: 'm', digest: right, tags: ['a'] }))
  opened.files.put('/models/m.gguf', right, 100)
  await opened.catalog.verify('m')
  return opened
}

describe('update', () => {
  it('changes name and tags, and the model stays as it is', async () => {
    const { catalog } = await openActive()
    const attribution = { actor: 'ops', reason: 'tidied' }
    const entry = await catalog.update('m', { name: 'M', tags: ['chat', 'q4'] }, attribution)
    expect(entry).toMatchObject({ name: 'M', tags: ['chat', 'q4'], state: 'Active', revision: 3 })
    expect((await catalog.history.of('m')).at(-1)).toMatchObject({
      operation: 'update',
      ...attribution,
      entry,
    })
    expect(await catalog.update('m', { tags: null })).not.toHaveProperty('tags')
  })

  it.each<[string, EntryUpdateInput]>([
    ['digest', { digest: sampleDigest(2) }],
    ['digest taken away', { digest: null }],
    ['source', { source: 'hf:org/other' }],
    ['size', { sizeBytes: 101 }],
    ['file', { file: 'other.gguf' }],
    ['location', { location: '/srv/m.gguf' }],
    ['files', { files: [{ path: 'a' }] }],
  ])('takes evidence and state where the %s is replaced', async (_what, update) => {
    const { catalog } = await openActive()
    const entry = await catalog.update('m', update)
    expect(entry).toMatchObject({ state: 'Pending', verifiedAt: null })
    expect(hasMatchingEvidence(entry)).toBe(false)
    await expect(catalog.setState('m', 'Active')).rejects.toMatchObject({ code: 'INVALID_TRANSITION' })
  })

  it('lets a file lie either in the root or elsewhere', async () => {
    const { catalog } = await openActive()
    expect(await catalog.update('m', { location: '/srv/m.gguf' })).toMatchObject({ location: '/srv/m.gguf' })
    const back = await catalog.update('m', { file: 'm2.gguf' })
    expect(back).toMatchObject({ file: 'm2.gguf' })
    expect(back).not.toHaveProperty('location')
    expect(await catalog.update('m', { file: null })).not.toHaveProperty('file')
  })

  it('leaves a field that is given as undefined', async () => {
    const { catalog } = await openActive()
    const before = await catalog.get('m')
    const none = { name: undefined, tags: undefined, sizeBytes: undefined } as EntryUpdateInput
    expect(await catalog.update('m', none)).toStrictEqual(before)
  })

  it('writes nothing where nothing changes', async () => {
    const { catalog, store } = await openActive()
    const before = await catalog.get('m')
    const commits = store.commits
    expect(await catalog.update('m', {})).toBe(before)
    expect(await catalog.update('m', { digest: right, tags: ['a'] })).toBe(before)
    expect(store.commits).toBe(commits)
  })

  it('counts a declared digest that equals the computed one as declared', async () => {
    const { catalog, files } = await openTestCatalog()
    await catalog.register(sampleRegistration({ id: 'm' }))
    files.put('/models/m.gguf', right)
    await catalog.verify('m')
    const entry = await catalog.update('m', { digest: `SHA256:${right.toUpperCase()}` })
    expect(entry).toMatchObject({ state: 'Active', digestOrigin: 'caller' })
  })

  it('says who declared a digest, and the caller if the next one comes without an origin', async () => {
    const { catalog } = await openActive()
    const update = { digest: right, digestOrigin: 'hub' } as const
    expect(await catalog.update('m', update)).toMatchObject({ state: 'Active', digestOrigin: 'hub' })
    expect(await catalog.update('m', { tags: ['b'] })).toMatchObject({ digestOrigin: 'hub' })
    expect(await catalog.update('m', { digest: right })).toMatchObject({ digestOrigin: 'caller' })
    const only = catalog.update('m', { digestOrigin: 'hub' })
    await expect(only).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('says who declared the digests of the same files', async () => {
    const { catalog } = await openTestCatalog()
    const files = [{ path: 'a', digest: right }]
    const registered = await catalog.register({ id: 'm', source: 'x', files, digestOrigin: 'list' })
    expect(registered).toMatchObject({ digestOrigin: 'list' })
    expect(await catalog.update('m', { files })).toMatchObject({ revision: 1 })
    expect(await catalog.update('m', { files, digestOrigin: 'hub' })).toMatchObject({
      digestOrigin: 'hub',
      digest: registered.digest,
    })
  })

  it('takes the manifest digest from the files', async () => {
    const { catalog, files } = await openActive()
    const parts = [{ path: 'a', digest: sampleDigest(7) }]
    const { digest } = await catalog.update('m', { files: parts })
    expect(digest).toBe(files.digestManifest(parts))
    expect((await catalog.update('m', { files: null, digest: right })).digest).toBe(right)
  })

  it('keeps the digest of a model of one file if its files are taken away', async () => {
    const { catalog, store } = await openActive()
    const { commits } = store
    expect(await catalog.update('m', { files: null })).toMatchObject({ digest: right, state: 'Active' })
    expect(store.commits).toBe(commits)
  })

  it('takes the origin away with the digest', async () => {
    const { catalog } = await openActive()
    const entry = await catalog.update('m', { digest: null })
    expect(entry.digest).toBeNull()
    expect(entry).not.toHaveProperty('digestOrigin')
  })

  it('keeps the digest of files that are all known, though it is to be taken away', async () => {
    const { catalog } = await openActive()
    const files = [{ path: 'a', digest: sampleDigest(7) }]
    const { digest } = await catalog.update('m', { files })
    expect(digest).not.toBeNull()
    expect((await catalog.update('m', { files, digest: null })).digest).toBe(digest)
  })

  it('keeps the file if only a location is taken away', async () => {
    const { catalog } = await openActive()
    await catalog.update('m', { file: 'm2.gguf' })
    expect(await catalog.update('m', { location: null })).toMatchObject({ file: 'm2.gguf' })
  })

  it('keeps the location if only a file in the root is taken away', async () => {
    const { catalog } = await openActive()
    await catalog.update('m', { location: '/srv/m.gguf' })
    expect(await catalog.update('m', { file: null })).toMatchObject({ location: '/srv/m.gguf' })
  })

  it('forgets the manifest digest with the files', async () => {
    const { catalog } = await openActive()
    await catalog.update('m', { files: [{ path: 'a', digest: sampleDigest(7) }] })
    expect(await catalog.update('m', { files: null })).toMatchObject({ digest: null, state: 'Pending' })
  })

  it('refuses to change where bytes come from while they are downloaded', async () => {
    const { catalog } = await openTestCatalog()
    await catalog.register(sampleRegistration({ id: 'm' }))
    await catalog.downloads.begin('m')
    for (const update of [{ source: 'hf:org/other' }, { file: 'x.gguf' }, { files: [{ path: 'a' }] }]) {
      await expect(catalog.update('m', update)).rejects.toMatchObject({
        code: 'IN_USE',
        details: { users: [{ use: 'download' }] },
      })
    }
    // What a server says of the bytes while they come is welcome.
    expect(await catalog.update('m', { digest: right, sizeBytes: 9, tags: ['a'] })).toMatchObject({
      digest: right,
    })
    await catalog.downloads.abandon('m')
    expect(await catalog.update('m', { source: 'hf:org/other' })).toMatchObject({ source: 'hf:org/other' })
  })

  it('may change where bytes come from while the model is leased', async () => {
    const { catalog } = await openActive()
    await catalog.leases.take('m', { forMs: 1000, holder: 'server' })
    expect(await catalog.update('m', { source: 'hf:org/other' })).toMatchObject({ source: 'hf:org/other' })
    await catalog.downloads.begin('m', { holder: 'provisioner' })
    await expect(catalog.update('m', { source: 'hf:org/third' })).rejects.toMatchObject({
      code: 'IN_USE',
      details: { users: [{ use: 'download', holder: 'provisioner' }] },
    })
  })

  it('changes only the revision that the caller saw', async () => {
    const { catalog } = await openActive()
    await expect(catalog.update('m', { name: 'M' }, { ifRevision: 1 })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { expectedRevision: 1, foundRevision: 2 },
    })
  })

  it.each([
    [{ state: 'Active' }, 'state'],
    [{ digest: 'x' }, 'digest'],
    [{ file: '../x' }, 'file'],
    [{ file: 'a', location: '/b' }, 'location'],
    [{ tags: ['a\n'] }, 'tags.0'],
    [{ evidence: {} }, 'evidence'],
    [null, 'update'],
  ])('refuses %j', async (update, field) => {
    const { catalog, store } = await openActive()
    const commits = store.commits
    await expect(catalog.update('m', update as EntryUpdateInput)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field }] },
    })
    expect(store.commits).toBe(commits)
  })
})
