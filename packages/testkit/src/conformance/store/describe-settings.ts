import type { CatalogSettings, CatalogStore, DigestOrigin, SettingsOutcome } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { sampleEntry } from '../../samples/samples.ts'
import { commitEntry } from './commits.ts'
import { type CreateStoreHarness, useCatalog } from './store-harness.ts'

const STRICT: CatalogSettings = {
  policy: { requireDeclaredDigest: true, requireDigestOrigin: ['hub'], maxEvidenceAgeMs: 86_400_000 },
  volumes: { 'uuid:1234': { lastSeen: '2026-01-01T00:00:00.000Z', node: 'node-1' } },
}
const LAX: CatalogSettings = { policy: { ctimeChange: 'trust-mtime', silentAfterMs: 1 }, volumes: {} }

/** What a catalog says of itself beside its entries. */
export function describeSettings(createHarness: CreateStoreHarness): void {
  describe('settings', () => {
    const catalog = useCatalog(createHarness)

    it('are empty, at revision 0 and frozen before the first change', async () => {
      const settings = await (await catalog().open()).settings()
      expect(settings).toEqual({ revision: 0, policy: {}, volumes: {} })
      expect([settings, settings.policy, settings.volumes].every(Object.isFrozen)).toBe(true)
    })

    it('are what the last change said, one revision more with each', async () => {
      const store = await catalog().open()
      const first = { ...STRICT, revision: 1 }
      expect(await change(store, STRICT, 0)).toEqual({ applied: true, settings: first })
      expect(await store.settings()).toEqual(first)
      expect(await change(store, LAX, 1)).toEqual({ applied: true, settings: { ...LAX, revision: 2 } })
      const settings = await store.settings()
      expect(settings).toEqual({ ...LAX, revision: 2 })
      expect([settings, settings.policy, settings.volumes].every(Object.isFrozen)).toBe(true)
    })

    it('share nothing with what they were given', async () => {
      const store = await catalog().open()
      const origins: DigestOrigin[] = ['hub']
      const policy = { requireDeclaredDigest: true, requireDigestOrigin: origins }
      await change(store, { policy, volumes: {} }, 0)
      policy.requireDeclaredDigest = false
      origins.push('caller')
      const stored = (await store.settings()).policy
      expect(stored).toEqual({ requireDeclaredDigest: true, requireDigestOrigin: ['hub'] })
      expect(Object.isFrozen(stored.requireDigestOrigin)).toBe(true)
    })

    it.each([0, 2])('stay as they are for a change at revision %i instead of 1', async (ifRevision) => {
      const store = await catalog().open()
      await change(store, STRICT, 0)
      expect(await change(store, LAX, ifRevision)).toEqual({ applied: false, foundRevision: 1 })
      expect(await store.settings()).toEqual({ ...STRICT, revision: 1 })
    })

    it('are seen by every store at once, and only one of two changes takes effect', async () => {
      const [one, other] = [await catalog().open(), await catalog().open()]
      const outcomes = await Promise.all([change(one, STRICT, 0), change(other, LAX, 0)])
      expect(outcomes.map(({ applied }) => applied).sort()).toEqual([false, true])
      expect(outcomes).toContainEqual({ applied: false, foundRevision: 1 })
      const settings = await one.settings()
      expect(await other.settings()).toEqual(settings)
      expect(await change(other, STRICT, 1)).toMatchObject({ applied: true })
      expect(await one.settings()).toEqual({ ...STRICT, revision: 2 })
    })

    it('are no change of an entry: they take a position, and nothing else', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'a' }))
      const before = await store.refresh()
      await change(store, STRICT, 0)
      expect(await store.refresh()).toBeGreaterThan(before)
      expect(await store.changes(before)).toEqual([])
      await commitEntry(store, sampleEntry({ id: 'b' }))
      expect(await store.changes(before)).toMatchObject([{ id: 'b', position: await store.refresh() }])
      expect(await store.list({})).toHaveLength(2)
      expect(await store.verifyHistory()).toMatchObject({ ok: true })
    })

    it.each<[string, unknown]>([
      ['an unknown field', { ...STRICT, more: 1 }],
      ['an unknown policy', { ...STRICT, policy: { requireDeclaredDigests: true } }],
      ['a policy of an unknown value', { ...STRICT, policy: { ctimeChange: 'ignore' } }],
      [
        'an age that JSON does not hold',
        { ...STRICT, policy: { maxEvidenceAgeMs: Number.POSITIVE_INFINITY } },
      ],
      ['no origin that counts', { ...STRICT, policy: { requireDigestOrigin: [] } }],
      ['an age of nothing', { ...STRICT, policy: { silentAfterMs: 0 } }],
      ['no volumes', { policy: {} }],
      ['a volume seen at no time', { policy: {}, volumes: { a: { lastSeen: 'yesterday', node: 'n' } } }],
      ['a volume without a name', { policy: {}, volumes: { '': sight } }],
      ['a volume with a long name', { policy: {}, volumes: { ['x'.repeat(301)]: sight } }],
      ['too many volumes', { policy: {}, volumes: manyVolumes(10_001) }],
      ['nothing', undefined],
    ])('are INVALID_INPUT with %s, and nothing is written', async (_, settings) => {
      const store = await catalog().open()
      await expect(change(store, settings as CatalogSettings, 0)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      })
      expect(await store.refresh()).toBe(0)
    })

    it.each([-1, 0.5])('are INVALID_INPUT at revision %d', async (ifRevision) => {
      const store = await catalog().open()
      await expect(change(store, STRICT, ifRevision)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    })

    it('may name ten thousand volumes', async () => {
      const store = await catalog().open()
      const settings = { policy: {}, volumes: manyVolumes(10_000) }
      expect(await change(store, settings, 0)).toMatchObject({ applied: true })
      expect(await (await catalog().open()).settings()).toEqual({ ...settings, revision: 1 })
    })

    it('are there for the next store', async (context) => {
      if (!catalog().reopenIsDurable) context.skip()
      const before = await catalog().open()
      await change(before, STRICT, 0)
      await catalog().close(before)
      const after = await catalog().open()
      expect(await after.settings()).toEqual({ ...STRICT, revision: 1 })
      expect(await change(after, LAX, 0)).toEqual({ applied: false, foundRevision: 1 })
    })
  })
}

const sight = { lastSeen: '2026-01-01T00:00:00.000Z', node: 'node-1' }

function manyVolumes(count: number): CatalogSettings['volumes'] {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`uuid:${index}@node-1`, sight]))
}

function change(
  store: CatalogStore,
  settings: CatalogSettings,
  ifRevision: number,
): Promise<SettingsOutcome> {
  return store.changeSettings({ ifRevision, settings, actor: 'operator', reason: 'a test' })
}
