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

  it('sets the present state of a leased model without a change', async () => {
    const { catalog, other, store } = await openTestCatalog()
    const lease = {
      id: 'l',
      holder: 'h',
      node: 'n',
      at: '2025-10-01T00:00:00Z',
      until: '2025-10-02T00:00:00Z',
    }
    for (const state of ['Active', 'Retired'] as const) {
      const planted = sampleEntry({ id: state, digest, state, evidence: { a: match }, leases: [lease] })
      const entry = await plant(other, planted)
      expect(await catalog.setState(state, state)).toEqual(entry)
    }
    expect(store.commits).toBe(0)
  })

  it('makes a leased model Active, and not Retired', async () => {
    const { catalog, other } = await openTestCatalog()
    const lease = {
      id: 'l',
      holder: 'h',
      node: 'n',
      at: '2025-10-01T00:00:00Z',
      until: '2025-10-02T00:00:00Z',
    }
    await plant(other, sampleEntry({ id: 'm', digest, evidence: { a: match }, leases: [lease] }))
    await expect(catalog.setState('m', 'Retired')).rejects.toMatchObject({ code: 'IN_USE' })
    expect(await catalog.setState('m', 'Active')).toMatchObject({ state: 'Active', leases: [lease] })
  })

  it('keeps the evidence of a model that was not Failed', async () => {
    const { catalog, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'm', digest, state: 'Active', evidence: { a: match } }))
    await catalog.setState('m', 'Retired')
    expect(await catalog.setState('m', 'Active')).toMatchObject({ state: 'Active', evidence: { a: match } })
  })

  it('says that a change is not allowed, which no verification would help', async () => {
    const { catalog, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'm', digest, state: 'Retired', evidence: { a: match } }))
    const error = await catalog.setState('m', 'Failed').catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'INVALID_TRANSITION', details: { from: 'Retired', to: 'Failed' } })
    expect(String(error)).not.toMatch(/verify it first/)
  })

  it('takes the evidence of other volumes for Active if the policy takes that of one of them', async () => {
    const { catalog, other } = await openTestCatalog({ policy: { maxEvidenceAgeMs: 1000 } })
    const on = (volume: string) => ({ ...match, volume, anchor: `/${volume}/anchor` })
    const old = { ...on('b'), at: '2025-09-01T00:00:00.000Z' }
    const wrong = { ...on('c'), outcome: 'mismatch' as const }
    await plant(other, sampleEntry({ id: 'm', digest, evidence: { c: wrong, b: old } }))
    await expect(catalog.setState('m', 'Active')).rejects.toMatchObject({
      code: 'NOT_USABLE',
      details: { problem: 'old-evidence' },
    })
    await edit(other, 'm', { evidence: { b: old, c: wrong, d: on('d') } })
    expect(await catalog.setState('m', 'Active')).toMatchObject({ state: 'Active' })
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
