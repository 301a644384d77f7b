import { type CatalogStore, parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { sampleEntry } from '../../samples/samples.ts'
import { commit, commitEntry, put, removal, tryCommit } from './commits.ts'
import { type CreateStoreHarness, useCatalog } from './store-harness.ts'

const ISO_UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/

/** Positions and the changes after them. */
export function describeHistory(createHarness: CreateStoreHarness): void {
  describe('history', () => {
    const catalog = useCatalog(createHarness)

    it('tells of each change what was done, by whom, why, when, and what came of it', async () => {
      const store = await catalog().open()
      const entry = sampleEntry({ id: 'a' })
      await store.commit([{ operation: 'register', actor: 'ops', reason: 'a trial', changes: [put(entry)] }])
      await store.commit([{ operation: 'remove', changes: [removal('a', 1)] }])
      const [registered, removed] = await store.changes(0)
      expect(registered).toMatchObject({
        operation: 'register',
        actor: 'ops',
        reason: 'a trial',
        id: 'a',
        revision: 1,
      })
      expect(registered?.entry).toEqual({ ...entry, revision: 1 })
      expect(registered?.at).toMatch(ISO_UTC)
      expect(removed).toMatchObject({ operation: 'remove', id: 'a', revision: 2, entry: null })
      expect(removed?.actor).toBeUndefined()
    })

    it('is verified up to the present position, and pruned of nothing that is young', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'a' }))
      await commitEntry(store, sampleEntry({ id: 'a' }), 1)
      expect(await store.verifyHistory()).toMatchObject({ ok: true, to: await store.refresh() })
      expect(await store.pruneHistory()).toMatchObject({ removed: [] })
      expect(await store.changes(0)).toHaveLength(2)
    })

    it('is measured without being read, in as many segments as were verified', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'a' }))
      const { segments } = await store.verifyHistory()
      const size = await store.measureHistory()
      expect(size.segments).toBe(segments)
      expect(size.bytes).toBeGreaterThanOrEqual(0)
    })

    it('gives the changes after a position, oldest first', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'a' }))
      const position = await store.refresh()
      await commit(store, put(sampleEntry({ id: 'c' })), put(sampleEntry({ id: 'b' })))
      await commitEntry(store, sampleEntry({ id: 'a' }), 1)
      const seen = (await store.changes(position)).map(({ id, revision }) => [id, revision])
      expect(seen).toEqual([
        ['c', 1],
        ['b', 1],
        ['a', 2],
      ])
      expect(await store.changes(await store.refresh())).toEqual([])
    })

    it('gives the changes of one model after a position', async () => {
      const store = await catalog().open()
      await commit(store, put(sampleEntry({ id: 'a' })), put(sampleEntry({ id: 'b' })))
      const position = await store.refresh()
      await commit(store, put(sampleEntry({ id: 'a' }), 1), put(sampleEntry({ id: 'c' })))
      await commit(store, removal('a', 2))
      const of = async (since: number, id: string) =>
        (await store.changes(since, parseModelId(id))).map(({ revision, entry }) => [revision, entry?.id])
      expect(await of(0, 'a')).toEqual([
        [1, 'a'],
        [2, 'a'],
        [3, undefined],
      ])
      expect(await of(position, 'a')).toHaveLength(2)
      expect(await of(position, 'b')).toEqual([])
      expect(await of(0, 'A')).toEqual([])
    })

    it('moves its position forward with every call that applied something', async () => {
      const store = await catalog().open()
      for (let revision = 0; revision < 4; revision += 1) {
        const before = await store.refresh()
        await commitEntry(store, sampleEntry({ id: 'a' }), revision)
        const after = await store.refresh()
        const [change] = await store.changes(before)
        expect(change?.position).toBeGreaterThan(before)
        expect(change?.position).toBeLessThanOrEqual(after)
      }
    })

    it('gives the changes of one call in the order of its commits', async () => {
      const store = await catalog().open()
      const commits = [0, 1, 2].map((revision) => ({
        operation: `step-${revision}`,
        changes: [put(sampleEntry({ id: 'a' }), revision)],
      }))
      await store.commit(commits)
      expect((await store.changes(0)).map(({ operation }) => operation)).toEqual([
        'step-0',
        'step-1',
        'step-2',
      ])
    })

    it('has no change for a commit that did not apply', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'a' }))
      const position = await store.refresh()
      await tryCommit(store, put(sampleEntry({ id: 'b' })), put(sampleEntry({ id: 'a' })))
      expect(await store.changes(position)).toEqual([])
    })

    it('is the same for every store', async () => {
      const stores = [await catalog().open(), await catalog().open()] as const
      await commitEntry(stores[0], sampleEntry({ id: 'a' }))
      await commitEntry(stores[1], sampleEntry({ id: 'a' }), 1)
      await commit(stores[0], removal('a', 2))
      const [one, other] = await Promise.all(stores.map((store: CatalogStore) => store.changes(0)))
      expect(one).toHaveLength(3)
      expect(other).toEqual(one)
    })
  })
}
