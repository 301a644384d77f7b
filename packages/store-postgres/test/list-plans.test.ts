import { sampleEntry } from '@catalog/testkit'
import { createRandom, lacks } from '@catalog/testkit/running'
import {
  type CatalogStore,
  LIST_ORDERS,
  type ListOrder,
  type ListQuery,
  type ModelEntry,
} from '@catalog/types'
import { toCursor } from '@catalog/types/adapter'
import { parseListQuery } from '@catalog/types/schema'
import { describe, expect, it } from 'vitest'
import { toListStatement } from '../src/query/list-statement.ts'
import { quoteSchema } from '../src/schema/schema-name.ts'
import { useServer } from './use-server.ts'

/** So many that PostgreSQL reads a table of them only if it has to. */
const ENTRIES = 20_000
const PAGE = 20
const AT_MS = Date.UTC(2025, 0, 1)

describe.skipIf(lacks('postgres'))('a page of a large catalog', () => {
  const tests = useServer()

  it('begins in an index in every order, wherever the cursor is', async () => {
    const schema = tests.newSchema()
    const store = await tests.open(schema)
    await fill(store)
    await tests.sql(`ANALYZE ${schema}.entries`)
    for (const order of LIST_ORDERS) {
      for (const [place, after] of await findCursors(store, order)) {
        const read = await explain(tests, schema, { order, limit: PAGE, ...(after && { after }) })
        expect(read.scans, `${order} ${place}`).toEqual([])
        // Equal ones may be sorted by their ids, and filters leave some out; all of them are 1000 pages.
        expect(read.rows, `${order} ${place}`).toBeLessThan(40 * PAGE)
      }
    }
    await store.close()
  })

  it('is followed by the next until every entry was there once, in every order', async () => {
    const schema = tests.newSchema()
    const store = await tests.open(schema)
    await fill(store, 2000)
    for (const order of LIST_ORDERS) {
      const all = await store.list(parseListQuery({ order }))
      const paged: ModelEntry[] = []
      for (let after: string | undefined; ; ) {
        const page = await store.list(parseListQuery({ order, limit: 170, ...(after && { after }) }))
        paged.push(...page)
        const last = page.at(-1)
        if (last === undefined) break
        after = toCursor(last, order)
      }
      expect(
        paged.map(({ id }) => id),
        order,
      ).toEqual(all.map(({ id }) => id))
      expect(all).toHaveLength(2000)
    }
    await store.close()
  })
})

/** Entries of which some have no size and some no time of verification, and some are equal in what they are ordered by. */
async function fill(store: CatalogStore, count = ENTRIES): Promise<void> {
  const random = createRandom(7)
  const below = (limit: number): number => Math.floor(random() * limit)
  const entries = Array.from({ length: count }, (_, index) => {
    const isVerified = random() < 0.7
    return sampleEntry({
      ...{ id: `org-${below(50)}/model-${index}`, name: `Model ${below(count / 4)}` },
      registeredAt: new Date(AT_MS + 1000 * below(count / 3)).toISOString(),
      state: isVerified ? 'Active' : 'Pending',
      verifiedAt: isVerified ? new Date(AT_MS + 1000 * below(count / 3)).toISOString() : null,
      ...(random() < 0.6 && { sizeBytes: below(count / 5) }),
    })
  })
  for (let first = 0; first < count; first += 1000) {
    const changes = entries
      .slice(first, first + 1000)
      .map((entry) => ({ id: entry.id, ifRevision: 0, entry }))
    await store.commit([{ operation: 'register', changes }])
  }
}

/** No cursor, and cursors near the beginning, in the middle, and near the end. */
async function findCursors(
  store: CatalogStore,
  order: ListOrder,
): Promise<readonly (readonly [place: string, after: string | undefined])[]> {
  const all = await store.list(parseListQuery({ order }))
  const cursorAt = (part: number): string => {
    const entry = all[Math.floor(part * (all.length - 1))]
    return entry === undefined ? expect.unreachable('no entry') : toCursor(entry, order)
  }
  return [
    ['from the beginning', undefined],
    ...[0.001, 0.5, 0.55, 0.95].map((part) => [`from ${part}`, cursorAt(part)] as const),
  ]
}

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Actual Loops': number
  readonly Plans?: readonly Plan[]
}

/** How PostgreSQL reads a page: the scans of the whole table, and how many rows of it were looked at. */
async function explain(
  tests: ReturnType<typeof useServer>,
  schema: string,
  query: ListQuery,
): Promise<{ readonly scans: string[]; readonly rows: number }> {
  const { text, values } = toListStatement(quoteSchema(schema), query, 'entry')
  const [row] = await tests.sql(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...values])
  const [explained] = (row?.['QUERY PLAN'] ?? []) as readonly { readonly Plan: Plan }[]
  if (explained === undefined) return expect.unreachable('no plan')
  const ofEntries = flatten(explained.Plan).filter((node) => node['Relation Name'] === 'entries')
  return {
    scans: ofEntries.map((node) => node['Node Type']).filter((type) => type.includes('Seq')),
    rows: ofEntries.reduce(
      (sum, node) =>
        sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    ),
  }
}

function flatten(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flatten)]
}
