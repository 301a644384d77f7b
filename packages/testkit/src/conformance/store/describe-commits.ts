import { describe, expect, it } from 'vitest'
import { sampleDigest, sampleEntry, sampleEvidence } from '../../samples/samples.ts'
import { commit, commitEntry, id, put, removal } from './commits.ts'
import { type CreateStoreHarness, useCatalog } from './store-harness.ts'

/** What one caller sees who makes no mistake. */
export function describeCommits(createHarness: CreateStoreHarness): void {
  describe('commits', () => {
    const catalog = useCatalog(createHarness)

    it('has no entry before the first commit', async () => {
      const store = await catalog().open()
      expect(await store.get(id('absent'))).toBeUndefined()
      expect(await store.list({})).toEqual([])
    })

    it('registers an entry at revision 1', async () => {
      const store = await catalog().open()
      const entry = await commitEntry(store, sampleEntry({ id: 'a' }))
      expect(entry).toEqual({ ...sampleEntry({ id: 'a' }), revision: 1 })
      expect(await store.get(id('a'))).toEqual(entry)
    })

    it('counts one revision for each change', async () => {
      const store = await catalog().open()
      const revisions: number[] = []
      for (let revision = 0; revision < 5; revision += 1) {
        const entry = await commitEntry(store, sampleEntry({ id: 'a', name: `name ${revision}` }), revision)
        revisions.push(entry.revision)
      }
      expect(revisions).toEqual([1, 2, 3, 4, 5])
      expect(await store.get(id('a'))).toMatchObject({ name: 'name 4', revision: 5 })
    })

    it('takes the revision from the store, not from the entry it is given', async () => {
      const store = await catalog().open()
      const known = { ...sampleEntry({ id: 'a' }), revision: 77 }
      expect(await commitEntry(store, known)).toMatchObject({ revision: 1 })
    })

    it('removes an entry and tells so with null', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'a' }))
      expect(await commit(store, removal('a', 1))).toEqual([null])
      expect(await store.get(id('a'))).toBeUndefined()
    })

    it('goes on counting when a removed id is registered again', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'a' }))
      await commit(store, removal('a', 1))
      expect(await commitEntry(store, sampleEntry({ id: 'a' }))).toMatchObject({ revision: 3 })
    })

    it('returns the entries of several changes in order', async () => {
      const store = await catalog().open()
      await commitEntry(store, sampleEntry({ id: 'gone' }))
      const changes = [put(sampleEntry({ id: 'b' })), removal('gone', 1), put(sampleEntry({ id: 'a' }))]
      const entries = await commit(store, ...changes)
      expect(entries.map((entry) => entry?.id ?? null)).toEqual(['b', null, 'a'])
    })

    it('keeps every field, the unknown ones included', async () => {
      const store = await catalog().open()
      const digest = sampleDigest(7)
      const extra = { 'x-team': { tags: ['a', 1, null, true] }, notes: 'ünïcode 🦙' }
      const full = sampleEntry({
        id: 'a',
        digest,
        state: 'Failed',
        verifiedAt: '2025-10-02T00:00:00.000Z',
        sizeBytes: 2 ** 40 + 1,
        files: [{ path: 'part/1.gguf', sizeBytes: 5, digest, extra }],
        location: '/srv/models/a.gguf',
        tags: ['gguf', 'q4'],
        evidence: { 'node-1': { ...sampleEvidence(digest), extra } },
        failure: {
          reason: 'digest-mismatch',
          expected: '1',
          found: '2',
          node: 'n',
          path: '/p',
          at: '2025-10-02T00:00:00Z',
        },
        extra,
      })
      const entry = await commitEntry(store, full)
      expect(entry).toEqual({ ...full, revision: 1 })
      expect(await store.get(id('a'))).toEqual(entry)
    })

    it('returns frozen entries that share nothing with what it was given', async () => {
      const store = await catalog().open()
      const tags = ['one']
      const entry = await commitEntry(store, sampleEntry({ id: 'a', tags }))
      tags.push('two')
      expect(entry.tags).toEqual(['one'])
      for (const seen of [entry, await store.get(id('a')), ...(await store.list({}))]) {
        expect(Object.isFrozen(seen) && Object.isFrozen(seen?.tags)).toBe(true)
      }
    })
  })
}
