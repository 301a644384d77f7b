import { type CatalogStore, LIFECYCLE_STATES, type LifecycleState } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { sampleDigest, sampleEntry, sampleEvidence } from '../../samples/samples.ts'
import { commit, commitEntry, id, put, removal } from './commits.ts'
import { type CreateStoreHarness, useCatalog } from './store-harness.ts'

// Property names of every object, and `toString` besides: a store that keeps entries in a plain object finds them.
const PROTOTYPE_NAMES = ['constructor', 'hasOwnProperty', 'toString', 'valueOf', 'isPrototypeOf', 'watch']

/** list, counts, and ids that could be taken for something else. */
export function describeQueries(createHarness: CreateStoreHarness): void {
  describe('queries', () => {
    const catalog = useCatalog(createHarness)

    it('lists by id in the order of code units', async () => {
      const store = await catalog().open()
      const ids = ['b', 'Z', 'a', 'a/b', 'a.b', 'a-b', 'a_b', 'A1', 'a0', '10', '9', 'aa']
      await commit(store, ...ids.map((text) => put(sampleEntry({ id: text }))))
      const listed = (await store.list({})).map((entry) => entry.id)
      expect(listed).toEqual([...ids].sort())
    })

    it('lists what has the state and the name', async () => {
      const store = await catalog().open()
      await commitSamples(store, [
        ['a', 'Active', 'same'],
        ['b', 'Pending', 'same'],
        ['c', 'Active', 'other'],
        ['d', 'Active', 'same'],
      ])
      const listed = async (query: object): Promise<string[]> =>
        (await store.list(query)).map((entry) => entry.id)
      expect(await listed({ state: 'Active' })).toEqual(['a', 'c', 'd'])
      expect(await listed({ name: 'same' })).toEqual(['a', 'b', 'd'])
      expect(await listed({ state: 'Active', name: 'same' })).toEqual(['a', 'd'])
      expect(await listed({ state: 'Active', name: 'same', after: 'a', limit: 1 })).toEqual(['d'])
      expect(await listed({ state: 'Retired' })).toEqual([])
      expect(await listed({ name: 'Same' })).toEqual([])
    })

    it('lists by size: declared, of the files together, or as read of the right bytes, never of wrong ones', async () => {
      const store = await catalog().open()
      const digest = sampleDigest(1)
      const match = { vm: sampleEvidence(digest) }
      const mismatch = { vm: sampleEvidence(sampleDigest(2), 'mismatch') }
      const files = [
        { path: 'a', sizeBytes: 1000 },
        { path: 'b', sizeBytes: 24 },
      ]
      await commit(
        store,
        put(sampleEntry({ id: 'declared', digest, sizeBytes: 1024, evidence: mismatch })),
        put(sampleEntry({ id: 'files', files })),
        put(sampleEntry({ id: 'files-unknown', files: [...files, { path: 'c' }] })),
        put(sampleEntry({ id: 'read', digest, evidence: match })),
        put(sampleEntry({ id: 'read-wrong', digest, state: 'Failed', evidence: mismatch })),
        put(sampleEntry({ id: 'unknown' })),
      )
      const listed = async (query: object): Promise<string[]> =>
        (await store.list(query)).map((entry) => entry.id)
      const known = ['declared', 'files', 'read']
      expect(await listed({ sizeBytes: { min: 1024, max: 1024 } })).toEqual(known)
      expect(await listed({ sizeBytes: { min: 0 } })).toEqual(known)
      expect(await listed({ sizeBytes: { min: 1025 } })).toEqual([])
      expect(await listed({ order: 'size' })).toEqual([...known, 'files-unknown', 'read-wrong', 'unknown'])
    })

    it('lists by what the headers of the files say, ignoring case', async () => {
      const store = await catalog().open()
      const digest = sampleDigest(1)
      const putWith = (name: string, facts: object) =>
        put(sampleEntry({ id: name, digest, facts: { digest, format: 'gguf', ...facts } }))
      await commit(
        store,
        putWith('llama-7b', { architecture: 'llama', quantisation: 'Q4_K_M', parameters: 7e9 }),
        putWith('llama-70b', { architecture: 'llama', quantisation: 'Q8_0', parameters: 70e9 }),
        putWith('unknown', {}),
        put(sampleEntry({ id: 'without' })),
      )
      const listed = async (query: object): Promise<string[]> =>
        (await store.list(query)).map((entry) => entry.id)
      expect(await listed({ architecture: 'LLaMA' })).toEqual(['llama-70b', 'llama-7b'])
      expect(await listed({ quantisation: 'q4_k_m' })).toEqual(['llama-7b'])
      expect(await listed({ quantisation: 'Q4_K' })).toEqual([])
      expect(await listed({ parameters: { min: 7e9, max: 13e9 } })).toEqual(['llama-7b'])
      expect(await listed({ parameters: { min: 0 } })).toEqual(['llama-70b', 'llama-7b'])
      expect(await listed({ architecture: 'llama', parameters: { min: 8e9 } })).toEqual(['llama-70b'])
    })

    it('lists page by page, also after an id that is gone', async () => {
      const store = await catalog().open()
      const ids = Array.from({ length: 7 }, (_, index) => `m${index}`)
      await commit(store, ...ids.map((text) => put(sampleEntry({ id: text }))))
      const pages: string[][] = []
      for (let after = ''; pages.length < 4; after = pages.at(-1)?.at(-1) ?? after) {
        if (after === 'm2') await commit(store, removal('m2', 1))
        pages.push((await store.list({ after, limit: 3 })).map((entry) => entry.id))
      }
      expect(pages).toEqual([['m0', 'm1', 'm2'], ['m3', 'm4', 'm5'], ['m6'], []])
    })

    it('counts the entries of each state', async () => {
      const store = await catalog().open()
      expect(await store.counts()).toEqual({ Pending: 0, Active: 0, Retired: 0, Failed: 0 })
      await commit(store, ...LIFECYCLE_STATES.map((state) => put(sampleEntry({ id: state, state }))))
      await commitEntry(store, sampleEntry({ id: 'Pending', state: 'Active' }), 1)
      await commit(store, removal('Retired', 1))
      expect(await store.counts()).toEqual({ Pending: 0, Active: 2, Retired: 0, Failed: 1 })
    })

    it.each(PROTOTYPE_NAMES)('takes %s for an id like any other', async (name) => {
      const store = await catalog().open()
      expect(await store.get(id(name))).toBeUndefined()
      await commitEntry(store, sampleEntry({ id: name }))
      expect(await commitEntry(store, sampleEntry({ id: name, name: 'again' }), 1)).toMatchObject({
        revision: 2,
      })
      expect(await store.list({})).toMatchObject([{ id: name, name: 'again' }])
      await commit(store, removal(name, 2))
      expect(await store.get(id(name))).toBeUndefined()
    })
  })
}

async function commitSamples(
  store: CatalogStore,
  samples: readonly (readonly [string, LifecycleState, string])[],
): Promise<void> {
  const entries = samples.map(([text, state, name]) => sampleEntry({ id: text, state, name }))
  await commit(store, ...entries.map((entry) => put(entry)))
}
