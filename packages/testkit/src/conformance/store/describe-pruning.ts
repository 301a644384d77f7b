import type { CatalogStore } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { sampleEntry } from '../../samples/samples.ts'
import { commit, commitEntry, id, removal } from './commits.ts'
import { type CreateStoreHarness, useCatalog } from './store-harness.ts'

const COMMITS = 60

/** A history whose oldest part was removed. */
export function describePruning(createHarness: CreateStoreHarness): void {
  describe('a history that is pruned', () => {
    const catalog = useCatalog(createHarness)
    const openLong = async (): Promise<CatalogStore> => {
      const store = await catalog().openPrunable()
      await commitEntry(store, sampleEntry({ id: 'gone' }))
      await commit(store, removal('gone', 1))
      for (let n = 2; n < COMMITS; n += 1) await commitEntry(store, sampleEntry({ id: `m-${n}` }))
      return store
    }

    it('loses what a dry run tells, and nothing before', async () => {
      const store = await openLong()
      const { segments } = await store.measureHistory()
      const told = await store.pruneHistory({ dryRun: true })
      expect(told.removed.length).toBeGreaterThan(0)
      expect(told.segments).toBeLessThan(segments)
      expect(await store.changes(0)).toHaveLength(COMMITS)
      expect(await store.pruneHistory()).toEqual(told)
      expect((await store.measureHistory()).segments).toBe(told.segments)
      expect(await store.pruneHistory()).toEqual({ removed: [], segments: told.segments })
    })

    it('keeps as many parts as are asked for, and those that are not older than a time', async () => {
      const store = await openLong()
      const { segments } = await store.measureHistory()
      const all = { removed: [], segments }
      expect(await store.pruneHistory({ keepSegments: segments })).toEqual(all)
      expect(await store.pruneHistory({ before: new Date(0) })).toEqual(all)
      expect(await store.changes(0)).toHaveLength(COMMITS)
    })

    it('leaves the entries, their revisions, the counts and the totals', async () => {
      const store = await openLong()
      const read = () => Promise.all([store.list({}), store.counts(), store.totals(), store.refresh()])
      const before = await read()
      await store.pruneHistory()
      expect(await read()).toEqual(before)
      expect(await commitEntry(store, sampleEntry({ id: 'gone' }))).toMatchObject({ revision: 3 })
      expect(await store.get(id('m-2'))).toMatchObject({ revision: 1 })
    })

    it('begins with the first change that is kept, and is verified from there', async () => {
      const store = await openLong()
      const all = await store.changes(0)
      await store.pruneHistory()
      const kept = await store.changes(0)
      expect(kept.length).toBeGreaterThan(0)
      expect(kept.length).toBeLessThan(COMMITS)
      expect(kept).toEqual(all.slice(-kept.length))
      const report = await store.verifyHistory()
      expect(report).toMatchObject({ ok: true, to: await store.refresh() })
      expect(report.from).toBeLessThan(kept[0]?.position ?? 0)
      expect(await store.changes(report.from)).toEqual(kept)
    })

    it('is INVALID_INPUT for a position before its beginning, to read and to watch', async () => {
      const store = await openLong()
      const [first] = await store.changes(0)
      await store.pruneHistory()
      const since = first?.position ?? 0
      await expect(store.changes(since)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      await expect(store.watch({ since }).next()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    })

    it('is the same for a store that was open meanwhile, and for the next one', async () => {
      const store = await openLong()
      const other = await catalog().open()
      await store.pruneHistory()
      const kept = await store.changes(0)
      expect(await other.changes(0)).toEqual(kept)
      await commitEntry(other, sampleEntry({ id: 'new' }))
      const next = await catalog().open()
      const ids = (await next.changes(0)).map((change) => change.id)
      expect(ids).toEqual([...kept.map((change) => change.id), 'new'])
    })
  })
}
