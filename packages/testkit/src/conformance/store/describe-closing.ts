import { describe, expect, it } from 'vitest'
import { sampleEntry } from '../../samples/samples.ts'
import { commit, commitEntry, commitOf, id, put, removal, tryCommit } from './commits.ts'
import { type CreateStoreHarness, useCatalog } from './store-harness.ts'

/** The end of a store, and what the next one finds. */
export function describeClosing(createHarness: CreateStoreHarness): void {
  describe('closing', () => {
    const catalog = useCatalog(createHarness)

    it('refuses every call after it', async () => {
      const store = await catalog().open()
      await catalog().close(store)
      const calls = [
        store.get(id('a')),
        store.list({}),
        store.counts(),
        store.settings(),
        store.totals(),
        store.measureHistory(),
        store.changeSettings({ ifRevision: 0, settings: { policy: {}, volumes: {} } }),
        store.changes(0),
        store.refresh(),
        store.verifyHistory(),
        store.pruneHistory(),
        store.commit([commitOf(put(sampleEntry({ id: 'a' })))]),
      ]
      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'CLOSED' } })
      }
    })

    it('leaves other stores of the catalog open', async () => {
      const [one, other] = [await catalog().open(), await catalog().open()]
      await commitEntry(one, sampleEntry({ id: 'a' }))
      await catalog().close(one)
      expect(await commitEntry(other, sampleEntry({ id: 'a' }), 1)).toMatchObject({ revision: 2 })
    })

    it('lets commits that are under way end', async () => {
      const [one, other] = [await catalog().open(), await catalog().open()]
      const committing = ['a', 'b', 'c'].map((text) => tryCommit(one, put(sampleEntry({ id: text }))))
      await catalog().close(one)
      expect((await Promise.all(committing)).every(({ applied }) => applied)).toBe(true)
      expect(await other.list({})).toHaveLength(3)
    })

    it('leaves everything to the next store', async (context) => {
      if (!catalog().reopenIsDurable) context.skip()
      const before = await catalog().open()
      await commit(before, put(sampleEntry({ id: 'a' })), put(sampleEntry({ id: 'b', extra: { more: [1] } })))
      await commit(before, removal('a', 1))
      const [entries, counts, changes] = [
        await before.list({}),
        await before.counts(),
        await before.changes(0),
      ]
      const position = await before.refresh()
      await catalog().close(before)

      const after = await catalog().open()
      expect(await after.list({})).toEqual(entries)
      expect(await after.counts()).toEqual(counts)
      expect(await after.changes(0)).toEqual(changes)
      expect(await commitEntry(after, sampleEntry({ id: 'a' }))).toMatchObject({ revision: 3 })
      expect(await after.changes(position)).toMatchObject([{ id: 'a', revision: 3 }])
    })
  })
}
