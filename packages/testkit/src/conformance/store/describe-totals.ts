import type { CatalogStore, Commit, RecordedVerification } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { sampleEntry } from '../../samples/samples.ts'
import { commit, commitEntry, id, put, removal, tryCommit } from './commits.ts'
import { foldChanges } from './fold-changes.ts'
import { type CreateStoreHarness, useCatalog } from './store-harness.ts'

const RIGHT: RecordedVerification = { outcome: 'success', bytes: 4096, durationMs: 1500 }
const UNREADABLE: RecordedVerification = {
  ...{ outcome: 'unreadable', bytes: 0, durationMs: 3 },
  code: 'FILE_MISSING',
}

/** What was done in all, and the verifications that are recorded. */
export function describeTotals(createHarness: CreateStoreHarness): void {
  describe('totals', () => {
    const catalog = useCatalog(createHarness)

    it('are nothing at position 0 before the first change', async () => {
      const totals = await (await catalog().open()).totals()
      expect(totals).toEqual(foldChanges([], 0))
      expect(Object.isFrozen(totals)).toBe(true)
    })

    it('count each change that took effect under its operation, and no conflict', async () => {
      const store = await catalog().open()
      await commit(store, put(sampleEntry({ id: 'a' })), put(sampleEntry({ id: 'b' })))
      await tryCommit(store, put(sampleEntry({ id: 'a' })))
      await store.commit([{ operation: 'remove', changes: [removal('a', 1)] }])
      const totals = await store.totals()
      expect(totals.operations).toEqual({ update: 2, remove: 1 })
      expect(totals.position).toBe(await store.refresh())
    })

    it('do not count a change of the settings, which the history does not give either', async () => {
      const store = await catalog().open()
      await store.changeSettings({ ifRevision: 0, settings: { policy: {}, volumes: {} } })
      expect(await store.totals()).toEqual(foldChanges([], await store.refresh()))
    })

    it('count a verification that changes its entry, and the history tells of it', async () => {
      const store = await catalog().open()
      await store.commit([verified(RIGHT, 'a', put(sampleEntry({ id: 'b' })), put(sampleEntry({ id: 'a' })))])
      const changes = await store.changes(0)
      expect(changes.map(({ verification }) => verification)).toEqual([undefined, RIGHT])
      expect(changes.some(({ isUnchanged }) => isUnchanged)).toBe(false)
      const { verifications, verifiedBytes, verificationSeconds } = await store.totals()
      expect(verifications).toEqual({ success: 1, failure: 0, unreadable: 0, superseded: 0 })
      expect(verifiedBytes).toBe(4096)
      expect(verificationSeconds).toMatchObject({ count: 1, sum: 1.5 })
    })

    it('count a verification that changes nothing: the entry and its revision stay', async () => {
      const [store, other] = [await catalog().open(), await catalog().open()]
      const entry = await commitEntry(store, sampleEntry({ id: 'a' }))
      const watch = other.watch()
      const next = watch.next()
      expect(await store.commit([verified(UNREADABLE, 'a')])).toEqual([{ applied: true, entries: [entry] }])
      const row = { operation: 'verify', id: 'a', revision: 1, entry, verification: UNREADABLE }
      expect((await next).value).toMatchObject({ ...row, isUnchanged: true })
      expect((await store.changes(0)).at(-1)).toMatchObject({ ...row, isUnchanged: true })
      expect(await other.get(id('a'))).toEqual(entry)
      expect((await other.totals()).verifications.unreadable).toBe(1)
      expect(await commitEntry(other, sampleEntry({ id: 'a' }), 1)).toMatchObject({ revision: 2 })
    })

    it.each(['b', 'A'])('do not count a verification of %s, which is not in the catalog', async (other) => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'a' }))
      expect(await store.commit([verified(UNREADABLE, other)])).toEqual([{ applied: false, conflicts: [] }])
      expect((await store.totals()).verifications.unreadable).toBe(0)
      expect(await store.changes(0)).toHaveLength(1)
    })

    it('do not count a verification whose change did not take effect', async () => {
      const store = await catalog().open()
      await store.commit([verified(RIGHT, 'a', put(sampleEntry({ id: 'a' }), 7))])
      expect((await store.totals()).verifications.success).toBe(0)
    })

    it('count odd and too many names of operations as one', async () => {
      const store = await catalog().open()
      const names = [
        'https://user:secret@host/',
        'x'.repeat(65),
        ...Array.from({ length: 120 }, (_, n) => `op-${n}`),
      ]
      for (const [n, operation] of names.entries())
        await store.commit([{ operation, changes: [put(sampleEntry({ id: `m${n}` }))] }])
      const { operations } = await store.totals()
      expect(Object.keys(operations)).toHaveLength(100)
      expect(operations).toMatchObject({ other: 2 + 21, 'op-0': 1, 'op-98': 1 })
    })

    it.each<[string, Partial<RecordedVerification>]>([
      ['an unknown outcome', { outcome: 'perhaps' as 'success' }],
      ['bytes below nothing', { bytes: -1 }],
      ['half a byte', { bytes: 0.5 }],
      ['a duration that is none', { durationMs: Number.NaN }],
      ['a duration below nothing', { durationMs: -1 }],
      ['a code that is none', { code: 'x'.repeat(65) }],
    ])('refuse a verification with %s', async (_, wrong) => {
      const store = await catalog().open()
      const commits = [verified({ ...RIGHT, ...wrong }, 'a', put(sampleEntry({ id: 'a' })))]
      await expect(store.commit(commits)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect(await store.refresh()).toBe(0)
    })

    it('refuse a verification of an id that the commit does not change, and one of no id', async () => {
      const store = await catalog().open()
      for (const wrong of ['b', '..']) {
        const commits = [verified(RIGHT, wrong, put(sampleEntry({ id: 'a' })))]
        await expect(store.commit(commits)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      }
      expect(await store.refresh()).toBe(0)
    })

    it('are one for every store, and a watch from their position has what comes next', async () => {
      const [one, other] = [await catalog().open(), await catalog().open()]
      await Promise.all([writeMany(one, 'x', 20), writeMany(other, 'y', 20)])
      const totals = await one.totals()
      const watch = other.watch({ since: totals.position })
      await Promise.all([writeMany(one, 'v', 10), writeMany(other, 'w', 10)])
      await commitEntry(one, sampleEntry({ id: 'last' }))
      const position = await one.refresh()
      const next = []
      for await (const change of watch) {
        next.push(change)
        if (change.id === 'last') break
      }
      const all = [...(await one.changes(0)).filter((change) => change.position <= totals.position), ...next]
      expect(await other.totals()).toEqual(foldChanges(all, position))
      expect(await one.totals()).toEqual(await other.totals())
    })

    it('are there for the next store', async (context) => {
      if (!catalog().reopenIsDurable) context.skip()
      const before = await catalog().open()
      await writeMany(before, 'a', 10)
      const totals = await before.totals()
      await catalog().close(before)
      const after = await catalog().open()
      expect(await after.totals()).toEqual({ ...totals, position: await after.refresh() })
    })
  })
}

function verified(verification: RecordedVerification, of: string, ...changes: Commit['changes']): Commit {
  return { operation: 'verify', changes, verification: { id: of as never, ...verification } }
}

/** Registers a model, and verifies it some times: by turns it is right and cannot be read. */
async function writeMany(store: CatalogStore, name: string, count: number): Promise<void> {
  await commitEntry(store, sampleEntry({ id: name }))
  for (let n = 1; n <= count; n += 1) {
    const entry = put(sampleEntry({ id: name, name: `${n}` }), n)
    const durationMs = 7 ** (n % 7)
    await store.commit([verified({ ...RIGHT, durationMs }, name, entry), verified(UNREADABLE, name)])
  }
}
