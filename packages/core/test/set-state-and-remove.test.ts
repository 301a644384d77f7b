import { sampleDigest, sampleEntry, sampleEvidence, sampleRegistration } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { dropEntry, edit, openTestCatalog, plant } from './test-catalog.ts'

const digest = sampleDigest(1)
const match = sampleEvidence(digest)
const failure = {
  reason: 'digest-mismatch',
  expected: digest,
  found: sampleDigest(2),
  node: 'node-1',
  path: '/models/m.gguf',
  at: '2025-10-01T00:00:00.000Z',
} as const

describe('setState', () => {
  it('asks for a verification where there is no evidence', async () => {
    const { catalog } = await openTestCatalog()
    await catalog.register(sampleRegistration({ id: 'm', digest }))
    await expect(catalog.setState('m', 'Active')).rejects.toThrowError(/verify it first/)
  })

  it.each([
    ['of another digest', { n: sampleEvidence(sampleDigest(2)) }],
    ['of a mismatch', { n: sampleEvidence(digest, 'mismatch') }],
  ])('does not take evidence %s for Active', async (_, evidence) => {
    const { catalog, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'm', digest, evidence }))
    await expect(catalog.setState('m', 'Active')).rejects.toMatchObject({ code: 'INVALID_TRANSITION' })
  })

  it('starts over from Failed to Pending: neither failure nor evidence stays', async () => {
    const { catalog, other } = await openTestCatalog()
    const evidence = { a: sampleEvidence(digest, 'mismatch'), b: match }
    await plant(other, sampleEntry({ id: 'm', digest, state: 'Failed', failure, evidence }))
    const pending = await catalog.setState('m', 'Pending')
    expect(pending).toEqual({ ...sampleEntry({ id: 'm', digest }), revision: 2 })
    await expect(catalog.setState('m', 'Active')).rejects.toMatchObject({ code: 'INVALID_TRANSITION' })
  })

  it('keeps the evidence from Failed to Retired', async () => {
    const { catalog, other } = await openTestCatalog()
    const evidence = { a: match }
    await plant(other, sampleEntry({ id: 'm', digest, state: 'Failed', failure, evidence }))
    const retired = await catalog.setState('m', 'Retired')
    expect(retired).toMatchObject({ state: 'Retired', evidence })
    expect(retired.failure).toBeUndefined()
  })

  it('writes who and why into the history', async () => {
    const { catalog } = await openTestCatalog()
    await catalog.register(sampleRegistration({ id: 'm' }))
    await catalog.setState('m', 'Retired', { actor: 'ops', reason: 'old' })
    expect((await catalog.history.changes()).at(-1)).toMatchObject({
      operation: 'set-state',
      actor: 'ops',
      reason: 'old',
    })
  })

  it('refuses what it does not understand', async () => {
    const { catalog, store } = await openTestCatalog()
    await catalog.register(sampleRegistration({ id: 'm' }))
    const problemsOf = (field: string): object => ({
      code: 'INVALID_INPUT',
      details: { problems: [{ field }] },
    })
    await expect(catalog.setState('m', 'active' as never)).rejects.toMatchObject(problemsOf('state'))
    await expect(catalog.setState('m', 'Retired', { ifRevision: 0 })).rejects.toMatchObject(
      problemsOf('ifRevision'),
    )
    await expect(catalog.setState('m', 'Retired', { actor: '' })).rejects.toMatchObject(problemsOf('actor'))
    await expect(catalog.setState('absent', 'Retired')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(store.commits).toBe(1)
  })
})

describe('a change while another writer is faster', () => {
  it('is decided anew on what the entry has become', async () => {
    const { catalog, store, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'm', digest, state: 'Active', evidence: { n: match } }))
    store.beforeNextCommit(() => edit(other, 'm', { tags: ['kept'] }))
    store.beforeNextCommit(() => edit(other, 'm', { name: 'kept' }))
    const retired = await catalog.setState('m', 'Retired')
    expect(retired).toMatchObject({ state: 'Retired', tags: ['kept'], name: 'kept', revision: 4 })
  })

  it('is refused if it is no longer allowed', async () => {
    const { catalog, store, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'm', digest, evidence: { n: match } }))
    store.beforeNextCommit(() => edit(other, 'm', { digest: sampleDigest(9) }))
    await expect(catalog.setState('m', 'Active')).rejects.toMatchObject({ code: 'INVALID_TRANSITION' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Pending', revision: 2 })
  })

  it('is NOT_FOUND where the entry is gone', async () => {
    const { catalog, store, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'm' }))
    store.beforeNextCommit(() => dropEntry(other, 'm'))
    await expect(catalog.setState('m', 'Retired')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is not tried again past the revision that the caller saw', async () => {
    const { catalog, store, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'm' }))
    store.beforeNextCommit(() => edit(other, 'm', { tags: ['new'] }))
    const details = { id: 'm', expectedRevision: 1, foundRevision: 2 }
    await expect(catalog.setState('m', 'Retired', { ifRevision: 1 })).rejects.toMatchObject({
      code: 'CONFLICT',
      details,
    })
    await expect(catalog.remove('m', { ifRevision: 1 })).rejects.toMatchObject({ code: 'CONFLICT', details })
    expect(await catalog.get('m')).toMatchObject({ state: 'Pending' })
    expect(await catalog.setState('m', 'Retired', { ifRevision: 2 })).toMatchObject({ state: 'Retired' })
  })

  it('gives up after a hundred lost races', async () => {
    const { catalog, store, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'm' }))
    for (let n = 0; n < 101; n += 1) store.beforeNextCommit(() => edit(other, 'm', { tags: [`${n}`] }))
    await expect(catalog.setState('m', 'Retired')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(store.commits).toBe(100)
  })
})

describe('remove', () => {
  it('takes the model out and returns it as it was', async () => {
    const { catalog } = await openTestCatalog()
    const entry = await catalog.register(sampleRegistration({ id: 'm' }))
    expect(await catalog.remove('m', { reason: 'old' })).toEqual(entry)
    expect(await catalog.get('m')).toBeUndefined()
    expect((await catalog.history.changes()).at(-1)).toMatchObject({
      operation: 'remove',
      reason: 'old',
      entry: null,
    })
    await expect(catalog.remove('m')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('returns what was removed, also where another writer was faster', async () => {
    const { catalog, store, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'm' }))
    store.beforeNextCommit(() => edit(other, 'm', { tags: ['new'] }))
    expect(await catalog.remove('m')).toMatchObject({ tags: ['new'], revision: 2 })
  })
})
