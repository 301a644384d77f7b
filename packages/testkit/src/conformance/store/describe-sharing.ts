import type { CatalogStore } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { sampleEntry } from '../../samples/samples.ts'
import { commit, commitEntry, id, put, removal, tryCommit } from './commits.ts'
import { type CreateStoreHarness, useCatalog } from './store-harness.ts'

const WRITERS = 64

/** Several stores on one catalog, and many callers of each. */
export function describeSharing(createHarness: CreateStoreHarness): void {
  describe('sharing', () => {
    const catalog = useCatalog(createHarness)
    const openTwo = async (): Promise<readonly [CatalogStore, CatalogStore]> => [
      await catalog().open(),
      await catalog().open(),
    ]

    it('shows every acknowledged change to the other store at once', async () => {
      const [one, other] = await openTwo()
      await commitEntry(one, sampleEntry({ id: 'a' }))
      expect(await other.get(id('a'))).toMatchObject({ revision: 1 })
      await commitEntry(other, sampleEntry({ id: 'a', state: 'Active' }), 1)
      expect(await one.list({ state: 'Active' })).toMatchObject([{ id: 'a', revision: 2 }])
      expect(await one.counts()).toMatchObject({ Pending: 0, Active: 1 })
      await commit(one, removal('a', 2))
      expect(await other.get(id('a'))).toBeUndefined()
    })

    it('refuses what the other store was faster with', async () => {
      const [one, other] = await openTwo()
      await commitEntry(one, sampleEntry({ id: 'a' }))
      await other.get(id('a'))
      await commitEntry(one, sampleEntry({ id: 'a' }), 1)
      expect(await tryCommit(other, put(sampleEntry({ id: 'a' }), 1))).toMatchObject({ applied: false })
    })

    it('lets exactly one of many writers of two stores win a revision', async () => {
      const stores = await openTwo()
      await commitEntry(stores[0], sampleEntry({ id: 'a' }))
      const outcomes = await Promise.all(
        writersOf(stores).map((store, n) =>
          tryCommit(store, put(sampleEntry({ id: 'a', name: `writer ${n}` }), 1)),
        ),
      )
      const winners = outcomes.flatMap((outcome, n) => (outcome.applied ? [n] : []))
      expect(winners).toHaveLength(1)
      expect(await stores[1].get(id('a'))).toMatchObject({ name: `writer ${winners[0]}`, revision: 2 })
    })

    it('loses no update of many writers of two stores, and leaves no gap in the revisions', async () => {
      const stores = await openTwo()
      await commitEntry(stores[0], sampleEntry({ id: 'a' }))
      const won = await Promise.all(writersOf(stores).map((store, n) => addTag(store, n)))
      const expected = Array.from({ length: WRITERS }, (_, n) => n + 2)
      expect([...won].sort((a, b) => a - b)).toEqual(expected)
      expect((await stores[1].changes(0)).map(({ revision }) => revision)).toEqual([1, ...expected])
      expect((await stores[0].get(id('a')))?.tags).toHaveLength(WRITERS)
    })

    it('registers an id for one of many writers only', async () => {
      const stores = await openTwo()
      const ids = ['model', 'Model', 'MODEL']
      const outcomes = await Promise.all(
        writersOf(stores).map((store, n) =>
          tryCommit(store, put(sampleEntry({ id: ids[n % 3] ?? 'model' }))),
        ),
      )
      expect(outcomes.filter(({ applied }) => applied)).toHaveLength(1)
      expect(await stores[1].list({})).toHaveLength(1)
    })
  })
}

function writersOf(stores: readonly [CatalogStore, CatalogStore]): readonly CatalogStore[] {
  return Array.from({ length: WRITERS }, (_, n) => stores[n % 2 === 0 ? 0 : 1])
}

/** Reads, changes and commits until the commit applies; returns the revision that it won. */
async function addTag(store: CatalogStore, n: number): Promise<number> {
  for (;;) {
    const known = await store.get(id('a'))
    if (known === undefined) throw new Error('the entry must be there')
    const tags = [...(known.tags ?? []), `writer ${n}`]
    const outcome = await tryCommit(store, put({ ...known, tags }, known.revision))
    if (outcome.applied) return known.revision + 1
  }
}
