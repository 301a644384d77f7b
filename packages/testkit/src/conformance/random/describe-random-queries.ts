import {
  type CatalogStore,
  type EntryContent,
  LIST_ORDERS,
  type ListQuery,
  type ModelEntry,
} from '@catalog/types'
import { toCursor } from '@catalog/types/adapter'
import { parseListQuery } from '@catalog/types/schema'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scaleRuns } from '../../running/random-runs.ts'
import { sampleEntry } from '../../samples/samples.ts'
import { commit, put, removal } from '../store/commits.ts'
import {
  CatalogFixture,
  type ConformanceOptions,
  type CreateStoreHarness,
  useCatalog,
} from '../store/store-harness.ts'
import { listNaively, randomCatalogs, randomQueries } from './random-queries.ts'

/** Filters, orders, pages and counts, against a filter, a sort and a slice that anybody can read. */
export function describeRandomQueries(createHarness: CreateStoreHarness, options: ConformanceOptions): void {
  const { numRuns = scaleRuns(30), seed } = options
  describe('random queries', () => {
    it('find, order, page and count what a filter, a sort and a slice do', async () => {
      const queries = fc.array(randomQueries, { minLength: 20, maxLength: 20 })
      const property = fc.asyncProperty(randomCatalogs, randomCatalogs, queries, (first, second, asked) =>
        ask(createHarness, [first, second], asked),
      )
      await fc.assert(property, seed === undefined ? { numRuns } : { numRuns, seed })
    })
  })
  describe('pages', () => {
    const catalog = useCatalog(createHarness)

    it.each(LIST_ORDERS)(
      'ordered by %s have every other entry once, whatever comes and goes',
      async (order) => {
        const store = await catalog().open()
        const entries = Array.from({ length: 9 }, (_, index) => toOrdered(index))
        await commit(store, ...entries.map((entry) => put(entry)))
        const seen: string[] = []
        let after: string | undefined
        for (let page = 0; page < 12; page += 1) {
          const found = await store.list({ order, after, limit: 1 })
          seen.push(...found.map(({ id }) => id))
          const [last] = found
          if (last === undefined) break
          after = toCursor(last, order)
          // The one that the cursor names is gone, and another has come before it.
          if (page === 2) await commit(store, removal(last.id, 1))
          if (page === 4) await commit(store, put(toOrdered(order.startsWith('-') ? 99 : -1)))
        }
        expect(seen).toEqual(
          [...entries].sort(order.startsWith('-') ? descending : ascending).map(({ id }) => id),
        )
      },
    )
  })
}

async function ask(
  createHarness: CreateStoreHarness,
  [first, second]: readonly [readonly EntryContent[], readonly EntryContent[]],
  queries: readonly ListQuery[],
): Promise<void> {
  const fixture = new CatalogFixture(await createHarness())
  try {
    const store = await fixture.open()
    const present = await putAll(store, first)
    for (const query of queries.slice(0, 10)) await expectSame(store, present, query)
    // Now the indexes are there, and have to be kept.
    const changed = await putAll(store, second)
    for (const query of queries) await expectSame(store, changed, query)
  } finally {
    await fixture.dispose()
  }
}

/** All entries as they are once these are in. */
async function putAll(store: CatalogStore, entries: readonly EntryContent[]): Promise<readonly ModelEntry[]> {
  const before = await store.list({})
  const changes = entries.flatMap((entry) => {
    const present = before.find(({ id }) => id.toLowerCase() === entry.id.toLowerCase())
    return [put(entry, present?.revision ?? 0)]
  })
  if (changes.length > 0) await commit(store, ...changes)
  return store.list({})
}

async function expectSame(
  store: CatalogStore,
  entries: readonly ModelEntry[],
  query: ListQuery,
): Promise<void> {
  expect(await store.list(parseListQuery(query))).toEqual(listNaively(entries, query))
  const { limit = 3, ...all } = query
  const matching = listNaively(entries, all)
  expect(await store.count(query)).toBe(matching.length)
  const pages: ModelEntry[] = []
  let last: ModelEntry | undefined
  do {
    const after = last && toCursor(last, query.order)
    const page = await store.list(parseListQuery({ ...query, after, limit }))
    pages.push(...page)
    last = page.at(-1)
  } while (last !== undefined)
  expect(pages).toEqual(matching)
}

function toOrdered(index: number): EntryContent {
  const letter = String.fromCharCode('b'.charCodeAt(0) + index)
  const at = new Date(1e12 + index * 1000).toISOString()
  const id = index === 99 ? 'zz' : letter
  return sampleEntry({ id, name: id, sizeBytes: index + 1, registeredAt: at, verifiedAt: at })
}

function ascending(a: EntryContent, b: EntryContent): number {
  return a.id < b.id ? -1 : 1
}

function descending(a: EntryContent, b: EntryContent): number {
  return ascending(b, a)
}
