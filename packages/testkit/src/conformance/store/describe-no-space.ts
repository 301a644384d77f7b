import { describe, expect, it } from 'vitest'
import { sampleEntry } from '../../samples/samples.ts'
import { commit, commitEntry, id, put, removal } from './commits.ts'
import { type CreateStoreHarness, useCatalog } from './store-harness.ts'

const FULL = { code: 'NO_SPACE', details: { outcome: 'none' } }

/** A store that cannot write, for a while. */
export function describeNoSpace(createHarness: CreateStoreHarness): void {
  describe('without space', () => {
    const catalog = useCatalog(createHarness)

    it('every change is NO_SPACE and has no effect, and all is read as before', async () => {
      const [one, other] = [await catalog().open(), await catalog().open()]
      const before = await commitEntry(one, sampleEntry({ id: 'a' }))
      const position = await one.refresh()
      await catalog().fillUp()
      await expect(commitEntry(one, sampleEntry({ id: 'b' }))).rejects.toMatchObject(FULL)
      await expect(commitEntry(one, sampleEntry({ id: 'a', name: 'new' }), 1)).rejects.toMatchObject(FULL)
      await expect(commit(other, removal('a', 1))).rejects.toMatchObject(FULL)
      const settings = { policy: {}, volumes: {} }
      await expect(other.changeSettings({ ifRevision: 0, settings })).rejects.toMatchObject(FULL)
      for (const store of [one, other]) {
        expect(await store.list({})).toEqual([before])
        expect(await store.refresh()).toBe(position)
        expect(await store.changes(0)).toHaveLength(1)
        expect(await store.settings()).toMatchObject({ revision: 0 })
      }
    })

    it('the same stores commit again once there is space, at the revisions that were refused', async () => {
      const stores = [await catalog().open(), await catalog().open()] as const
      await commitEntry(stores[0], sampleEntry({ id: 'a' }))
      const makeSpace = await catalog().fillUp()
      for (const store of stores)
        await expect(commitEntry(store, sampleEntry({ id: 'a' }), 1)).rejects.toMatchObject(FULL)
      await makeSpace()
      expect(await commitEntry(stores[0], sampleEntry({ id: 'a', name: 'new' }), 1)).toMatchObject({
        revision: 2,
      })
      expect(await commitEntry(stores[1], sampleEntry({ id: 'a', name: 'newer' }), 2)).toMatchObject({
        revision: 3,
      })
      expect((await stores[0].changes(0)).map(({ revision }) => revision)).toEqual([1, 2, 3])
    })

    it('a refused change is never watched, and the next one is', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'a' }))
      const changes = store.watch({ since: await store.refresh() })
      const next = changes.next()
      const makeSpace = await catalog().fillUp()
      await expect(commitEntry(store, sampleEntry({ id: 'b' }))).rejects.toMatchObject(FULL)
      await makeSpace()
      await commit(store, put(sampleEntry({ id: 'c' })))
      expect(await next).toMatchObject({ value: { id: 'c', revision: 1 } })
    })

    it('a store closes, and the next one finds what was acknowledged', async (context) => {
      if (!catalog().reopenIsDurable) context.skip()
      const before = await catalog().open()
      await commitEntry(before, sampleEntry({ id: 'a' }))
      const makeSpace = await catalog().fillUp()
      await expect(commitEntry(before, sampleEntry({ id: 'b' }))).rejects.toMatchObject(FULL)
      await catalog().close(before)
      await makeSpace()
      const after = await catalog().open()
      expect(await after.get(id('a'))).toMatchObject({ revision: 1 })
      expect(await after.get(id('b'))).toBeUndefined()
    })
  })
}
