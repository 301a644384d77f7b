import { describe, expect, it } from 'vitest'
import { openTestCatalog } from './test-catalog.ts'

describe('catalog.policy', () => {
  it('is empty before anything is stored', async () => {
    const { catalog } = await openTestCatalog({ policy: { requireDeclaredDigest: true } })
    expect(await catalog.policy.get()).toEqual({ revision: 0 })
  })

  it('changes the rules that are given, takes out those that are null, and leaves the others', async () => {
    const { catalog } = await openTestCatalog()
    const set = await catalog.policy.set({ requireDeclaredDigest: true, maxEvidenceAgeMs: 1000 })
    expect(set).toEqual({ revision: 1, requireDeclaredDigest: true, maxEvidenceAgeMs: 1000 })
    await catalog.policy.set({ ctimeChange: 'trust-mtime', maxEvidenceAgeMs: null, silentAfterMs: undefined })
    const now = { revision: 2, requireDeclaredDigest: true, ctimeChange: 'trust-mtime' }
    expect(await catalog.policy.get()).toEqual(now)
  })

  it('writes nothing where nothing changes', async () => {
    const { catalog } = await openTestCatalog()
    expect(await catalog.policy.set({ silentAfterMs: null })).toEqual({ revision: 0 })
    await catalog.policy.set({ silentAfterMs: 5 })
    expect(await catalog.policy.set({ silentAfterMs: 5 })).toMatchObject({ revision: 1 })
  })

  it('keeps what another process stores at the same moment, its volumes too', async () => {
    const { catalog, store, other } = await openTestCatalog()
    const volumes = { v: { lastSeen: '2026-01-01T00:00:00Z', node: 'n' } }
    store.beforeNextCommit(() =>
      other.changeSettings({ ifRevision: 0, settings: { policy: { silentAfterMs: 7 }, volumes } }),
    )
    const set = await catalog.policy.set({ requireDeclaredDigest: true })
    expect(set).toEqual({ revision: 2, requireDeclaredDigest: true, silentAfterMs: 7 })
    expect(await other.settings()).toMatchObject({ volumes })
  })

  it.each<[string, unknown]>([
    ['an unknown rule', { requireDigest: true }],
    ['a wrong value', { ctimeChange: 'ignore' }],
    ['an origin that does not exist', { requireDigestOrigin: ['oracle'] }],
    ['no origin', { requireDigestOrigin: [] }],
    ['no object', undefined],
  ])('is INVALID_INPUT with %s', async (_, change) => {
    const { catalog } = await openTestCatalog()
    await expect(catalog.policy.set(change as object)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})
