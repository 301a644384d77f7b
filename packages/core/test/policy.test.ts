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

  it('leaves a stored rule that is given as undefined', async () => {
    const { catalog } = await openTestCatalog()
    await catalog.policy.set({ silentAfterMs: 5 })
    await catalog.policy.set({ silentAfterMs: undefined, requireDeclaredDigest: true })
    expect(await catalog.policy.get()).toEqual({ revision: 2, silentAfterMs: 5, requireDeclaredDigest: true })
  })

  it('is told to the observer when it is set', async () => {
    const seen: object[] = []
    const { catalog } = await openTestCatalog({ observer: { onOperation: (event) => seen.push(event) } })
    await catalog.policy.set({ silentAfterMs: 5 })
    expect(seen).toMatchObject([{ operation: 'set-policy', id: '', outcome: 'ok' }])
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

  it('does not undo what another process stores right after it', async () => {
    const { catalog, store, other } = await openTestCatalog()
    const change = store.changeSettings.bind(store)
    store.changeSettings = async (first) => {
      const outcome = await change(first)
      const settings = { policy: { silentAfterMs: 7 }, volumes: {} }
      await other.changeSettings({ ifRevision: 1, settings })
      return outcome
    }
    expect(await catalog.policy.set({ silentAfterMs: 5 })).toEqual({ revision: 1, silentAfterMs: 5 })
    expect(await catalog.policy.get()).toEqual({ revision: 2, silentAfterMs: 7 })
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
