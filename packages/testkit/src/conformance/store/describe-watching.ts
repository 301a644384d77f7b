import type { CatalogStore, CommittedChange } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { sampleEntry } from '../../samples/samples.ts'
import { commit, commitEntry, put, removal, tryCommit } from './commits.ts'
import { type CreateStoreHarness, useCatalog } from './store-harness.ts'

type Changes = AsyncIterable<CommittedChange>

/** Changes as they are made. */
export function describeWatching(createHarness: CreateStoreHarness): void {
  describe('watching', () => {
    const catalog = useCatalog(createHarness)
    const openTwo = async (): Promise<readonly [CatalogStore, CatalogStore]> => [
      await catalog().open(),
      await catalog().open(),
    ]

    it('gives the changes that any store makes from now on, as the history has them', async () => {
      const [one, other] = await openTwo()
      await commitEntry(other, sampleEntry({ id: 'before' }))
      const changes = one.watch()
      const first = changes.next()
      await commit(other, put(sampleEntry({ id: 'b' })), put(sampleEntry({ id: 'a' })))
      expect(await first).toMatchObject({ value: { id: 'b', revision: 1 } })
      await commitEntry(one, sampleEntry({ id: 'a' }), 1)
      await commit(other, removal('b', 1))
      await tryCommit(other, put(sampleEntry({ id: 'a' })))
      await commitEntry(other, sampleEntry({ id: 'last' }))
      const rest = await take(changes, 4)
      expect(rest.map(({ id, revision }) => [id, revision])).toEqual([
        ['a', 1],
        ['a', 2],
        ['b', 2],
        ['last', 1],
      ])
      expect(rest).toEqual((await one.changes(0)).slice(2))
    })

    it('begins after a position in the past, and goes on with what comes', async () => {
      const [one, other] = await openTwo()
      await commitEntry(one, sampleEntry({ id: 'a' }))
      const position = await one.refresh()
      await commitEntry(other, sampleEntry({ id: 'b' }))
      const changes = one.watch({ since: position })
      expect(await takeIds(changes, 1)).toEqual(['b'])
      const next = changes.next()
      await commitEntry(other, sampleEntry({ id: 'c' }))
      expect(await next).toMatchObject({ done: false, value: { id: 'c' } })
      await changes.return?.()
      expect(await takeIds(one.watch({ since: 0 }), 3)).toEqual(['a', 'b', 'c'])
    })

    it('refuses a position that the history has not reached, and begins at its end', async () => {
      const [one, other] = await openTwo()
      await commitEntry(other, sampleEntry({ id: 'a' }))
      // What another store has written counts, though this one has not read it yet.
      const end = await other.refresh()
      const changes = one.watch({ since: end })
      const next = changes.next()
      next.catch(() => undefined)
      const late = one.watch({ since: end + 1 })
      await expect(late.next()).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { problems: [{ field: 'since' }] },
      })
      expect(await late.next()).toMatchObject({ done: true })
      await commitEntry(other, sampleEntry({ id: 'b' }))
      expect(await next).toMatchObject({ value: { id: 'b', position: end + 1 } })
      await changes.return?.()
    })

    it('gives each change once while many are made at the same time', async () => {
      const stores = await openTwo()
      const watched = [takeIds(stores[0].watch({ since: 0 }), 80), takeIds(stores[1].watch(), 80)]
      const writing = stores.map(async (store, which) => {
        for (let n = 0; n < 40; n += 1) await commitEntry(store, sampleEntry({ id: `${which}-${n}` }))
      })
      await Promise.all(writing)
      const expected = (await stores[0].changes(0)).map(({ id }) => id)
      expect(expected).toHaveLength(80)
      expect(await Promise.all(watched)).toEqual([expected, expected])
    })

    it('ends where the caller leaves the loop', async () => {
      const [one, other] = await openTwo()
      const changes = one.watch({ since: 0 })
      await commitEntry(other, sampleEntry({ id: 'a' }))
      for await (const { id } of changes) {
        expect(id).toBe('a')
        break
      }
      await commitEntry(other, sampleEntry({ id: 'b' }))
      expect(await changes.next()).toEqual({ done: true, value: undefined })
    })

    it('ends a wait that is under way', async () => {
      const changes = (await catalog().open()).watch()
      const waiting = changes.next()
      await changes.return?.()
      expect(await waiting).toEqual({ done: true, value: undefined })
    })

    it("rejects with the signal's reason", async () => {
      const store = await catalog().open()
      const reason = new Error('enough')
      await expect(store.watch({ signal: AbortSignal.abort(reason) }).next()).rejects.toBe(reason)
      const controller = new AbortController()
      const changes = store.watch({ signal: controller.signal, since: 0 })
      await commit(store, put(sampleEntry({ id: 'a' })), put(sampleEntry({ id: 'b' })))
      expect(await changes.next()).toMatchObject({ value: { id: 'a' } })
      controller.abort(reason)
      await expect(changes.next()).rejects.toBe(reason)
      expect(await changes.next()).toMatchObject({ done: true })
    })

    it("rejects a wait that is under way with the signal's reason", async () => {
      const store = await catalog().open()
      const controller = new AbortController()
      const changes = store.watch({ signal: controller.signal, since: 0 })
      await commitEntry(store, sampleEntry({ id: 'a' }))
      await changes.next()
      const waiting = changes.next()
      controller.abort('enough')
      await expect(waiting).rejects.toBe('enough')
    })

    it('rejects with CLOSED once its store is closed', async () => {
      const [one, other] = await openTwo()
      const [watching, later] = [one.watch(), one.watch({ since: 0 })]
      const waiting = watching.next()
      const closing = expect(waiting).rejects.toMatchObject({ code: 'CLOSED' })
      await catalog().close(one)
      await closing
      await expect(later.next()).rejects.toMatchObject({ code: 'CLOSED' })
      await expect(one.watch().next()).rejects.toMatchObject({ code: 'CLOSED' })
      await commitEntry(other, sampleEntry({ id: 'a' }))
    })
  })
}

/** The next changes. */
async function take(changes: Changes, count: number): Promise<readonly CommittedChange[]> {
  const iterator = changes[Symbol.asyncIterator]()
  const taken: CommittedChange[] = []
  while (taken.length < count) {
    const { done, value } = await iterator.next()
    if (done) throw new Error(`the watch ended after ${taken.length} changes`)
    taken.push(value)
  }
  return taken
}

async function takeIds(changes: Changes, count: number): Promise<readonly string[]> {
  return (await take(changes, count)).map(({ id }) => id)
}
