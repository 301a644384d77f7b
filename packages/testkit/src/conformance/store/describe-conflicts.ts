import type { CatalogStore, Change, Commit } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { sampleEntry } from '../../samples/samples.ts'
import { commit, commitEntry, commitOf, conflictsOf, id, put, removal } from './commits.ts'
import { type CreateStoreHarness, useCatalog } from './store-harness.ts'

/** What does not take effect, and what its writer is told. */
export function describeConflicts(createHarness: CreateStoreHarness): void {
  describe('conflicts', () => {
    const catalog = useCatalog(createHarness)

    it.each([
      ['a registration of an id that is there', put(sampleEntry({ id: 'a' })), 2],
      ['a change at an older revision', put(sampleEntry({ id: 'a' }), 1), 2],
      ['a change at a revision that is not reached', put(sampleEntry({ id: 'a' }), 3), 2],
      ['a removal at an older revision', removal('a', 1), 2],
      ['a change of an absent id', put(sampleEntry({ id: 'absent' }), 1), 0],
      ['a removal of an absent id', removal('absent', 1), 0],
    ])('refuses %s', async (_, change, foundRevision) => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'a' }))
      await commitEntry(store, sampleEntry({ id: 'a', name: 'second' }), 1)
      const conflict = {
        id: change.id,
        expectedRevision: change.ifRevision,
        foundRevision,
        foundId: change.id,
      }
      expect(await conflictsOf(store, change)).toEqual([conflict])
      expect(await store.list({})).toMatchObject([{ id: 'a', name: 'second', revision: 2 }])
    })

    it('refuses whatever names an id in another case, and says which id stands there', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'org/Llama' }))
      const conflict = { id: 'ORG/llama', foundRevision: 1, foundId: 'org/Llama' }
      for (const change of [
        put(sampleEntry({ id: 'ORG/llama' })),
        put(sampleEntry({ id: 'ORG/llama' }), 1),
        removal('ORG/llama', 1),
      ]) {
        expect(await conflictsOf(store, change)).toMatchObject([conflict])
      }
      expect(await store.get(id('ORG/llama'))).toBeUndefined()
      expect(await store.get(id('org/Llama'))).toMatchObject({ revision: 1 })
    })

    it('lets an id come back in another case after its removal, and goes on counting', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'a' }))
      await commit(store, removal('a', 1))
      expect(await commitEntry(store, sampleEntry({ id: 'A' }))).toMatchObject({ id: 'A', revision: 3 })
      expect(await store.get(id('a'))).toBeUndefined()
    })

    it('lists the ids that were removed, with the revision from which they go on', async () => {
      const store = await catalog().open()
      for (const name of ['a', 'b', 'c']) await commitEntry(store, sampleEntry({ id: name }))
      await commit(store, removal('a', 1))
      await commit(store, removal('b', 1))
      await commitEntry(store, sampleEntry({ id: 'B' }))
      expect(await store.removed()).toEqual([{ id: 'a', revision: 2 }])
    })

    it('does not take a new entry for the removed one that a late writer knew', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'a' }))
      await commit(store, removal('a', 1))
      await commitEntry(store, sampleEntry({ id: 'a', name: 'new' }))
      for (const late of [
        put(sampleEntry({ id: 'a' }), 1),
        put(sampleEntry({ id: 'a' }), 2),
        removal('a', 1),
      ]) {
        expect(await conflictsOf(store, late)).toMatchObject([{ foundRevision: 3 }])
      }
    })

    it('applies all changes of a commit or none', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'b' }))
      const changes = [
        put(sampleEntry({ id: 'a' })),
        put(sampleEntry({ id: 'b' })),
        put(sampleEntry({ id: 'c' }), 4),
      ]
      const conflicts = await conflictsOf(store, ...changes)
      expect(conflicts.map((conflict) => conflict.id)).toEqual(['b', 'c'])
      expect(await store.list({})).toMatchObject([{ id: 'b', revision: 1 }])
    })

    it('tries the commits of one call in order, each on top of those before it', async () => {
      const store = await catalog().open()
      const outcomes = await store.commit([
        commitOf(put(sampleEntry({ id: 'a', name: 'one' }))),
        commitOf(put(sampleEntry({ id: 'a', name: 'refused' }))),
        commitOf(put(sampleEntry({ id: 'a', name: 'two' }), 1), put(sampleEntry({ id: 'b' }))),
        commitOf(removal('b', 1)),
      ])
      expect(outcomes.map(({ applied }) => applied)).toEqual([true, false, true, true])
      expect(await store.list({})).toMatchObject([{ id: 'a', name: 'two', revision: 2 }])
    })

    it('answers an empty list of commits with an empty list', async () => {
      const store = await catalog().open()
      expect(await store.commit([])).toEqual([])
      expect(await store.changes(0)).toEqual([])
    })

    it.each<readonly [string, readonly Change[]]>([
      ['no changes', []],
      ['two changes of one id', [put(sampleEntry({ id: 'b' })), removal('b', 1)]],
      ['two changes of one id in two cases', [put(sampleEntry({ id: 'b' })), put(sampleEntry({ id: 'B' }))]],
      ['an entry with another id than its change', [{ ...put(sampleEntry({ id: 'b' })), id: id('c') }]],
      ['an entry that is not well-formed', [put({ ...sampleEntry({ id: 'b' }), name: '' })]],
      ['the removal of what is expected to be absent', [removal('b', 0)]],
      ['a negative revision', [put(sampleEntry({ id: 'b' }), -1)]],
    ])('refuses a commit with %s before anything is written', async (_, changes) => {
      const store = await catalog().open()
      await expectInvalid(store, [commitOf(put(sampleEntry({ id: 'a' }))), commitOf(...changes)])
      expect(await store.list({})).toEqual([])
      expect(await store.changes(0)).toEqual([])
    })
  })
}

async function expectInvalid(store: CatalogStore, commits: readonly Commit[]): Promise<void> {
  await expect(store.commit(commits)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
}
