import { describe, expect, it } from 'vitest'
import { sampleEntry } from '../../samples/samples.ts'
import { commitEntry, commitOf, id, put } from './commits.ts'
import { type CreateStoreHarness, useCatalog } from './store-harness.ts'

/** A store that may read and nothing else. */
export function describeReadOnly(createHarness: CreateStoreHarness): void {
  describe('a store that is opened read-only', () => {
    const catalog = useCatalog(createHarness)

    it('reads what was committed before it was opened, and since', async () => {
      const writer = await catalog().open()
      const first = await commitEntry(writer, sampleEntry({ id: 'a' }))
      const reader = await catalog().openReadOnly()
      expect(await reader.get(id('a'))).toEqual(first)
      const second = await commitEntry(writer, sampleEntry({ id: 'b' }))
      expect(await reader.list({})).toEqual([first, second])
      expect(await reader.changes(0)).toEqual(await writer.changes(0))
      expect(await reader.refresh()).toBe(await writer.refresh())
      expect(await reader.totals()).toEqual(await writer.totals())
    })

    it('watches the changes of others', async () => {
      const writer = await catalog().open()
      await commitEntry(writer, sampleEntry({ id: 'a' }))
      const reader = await catalog().openReadOnly()
      const changes = reader.watch({ since: 0 })
      expect(await changes.next()).toMatchObject({ value: { id: 'a' } })
      const next = changes.next()
      await commitEntry(writer, sampleEntry({ id: 'b' }))
      expect(await next).toMatchObject({ value: { id: 'b' } })
    })

    it('refuses every change with READ_ONLY, and makes none', async () => {
      const writer = await catalog().open()
      await commitEntry(writer, sampleEntry({ id: 'a' }))
      const position = await writer.refresh()
      const reader = await catalog().openReadOnly()
      const refused = [
        reader.commit([commitOf(put(sampleEntry({ id: 'b' })))]),
        reader.commit([commitOf(put(sampleEntry({ id: 'a' }), 1))]),
        reader.changeSettings({ ifRevision: 0, settings: { policy: {}, volumes: {} } }),
        reader.pruneHistory(),
      ]
      for (const outcome of await Promise.allSettled(refused)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'READ_ONLY' } })
      }
      expect(await writer.refresh()).toBe(position)
      expect(await writer.list({})).toMatchObject([{ id: 'a', revision: 1 }])
    })

    it('is CLOSED after its end, as any other', async () => {
      await (await catalog().open()).refresh()
      const reader = await catalog().openReadOnly()
      await catalog().close(reader)
      await expect(reader.list({})).rejects.toMatchObject({ code: 'CLOSED' })
      await expect(reader.commit([])).rejects.toMatchObject({ code: 'CLOSED' })
    })
  })
}
