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
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { toListStatement } from '../src/query/list-statement.ts'
import { quoteSchema } from '../src/schema/schema-name.ts'
import { useDatabase } from './use-server.ts'

/** So many that PostgreSQL reads a table of them only if it has to. */
const ENTRIES = 20_000
const PAGE = 20
const AT_MS = Date.UTC(2025, 0, 1)

describe.skipIf(lacks('database'))('a page of a large catalog', () => {
  const tests = useDatabase()

  it('begins in an index in every order, wherever the cursor is', async () => {
    const schema = tests.newSchema()
    const store = await tests.open(schema)
    await fill(store)
    await tests.sql(`ANALYZE ${schema}.entries`)
    for (const order of LIST_ORDERS) {
      for (const [place, after] of await findCursors(store, order)) {
        const { text, values } = toPage(schema, { order, limit: PAGE, ...(after && { after }) })
        const read = await explain(
          { query: async (...given) => ({ rows: await tests.sql(...given) }) },
          text,
          values,
        )
        expect(read.scans, `${order} ${place}`).toEqual([])
        // Equal ones may be sorted by their ids, and filters leave some out; all of them are 1000 pages.
        expect(read.rows, `${order} ${place}`).toBeLessThan(40 * PAGE)
      }
    }
    await store.close()
  })

  it('begins in an index by a plan that was made once, while the table was empty, as soon as the table was analysed', async () => {
    const [schema, sample] = [tests.newSchema(), tests.newSchema()]
    const [store, samples] = [await tests.open(schema), await tests.open(sample)]
    await fill(samples)
    const pages: [name: string, Statement][] = []
    for (const order of LIST_ORDERS) {
      for (const [place, after] of await findCursors(samples, order))
        pages.push([`${order} ${place}`, toPage(schema, { order, limit: PAGE, ...(after && { after }) })])
    }
    const client = new pg.Client({ connectionString: tests.connectionString })
    await client.connect()
    await client.query('SET plan_cache_mode = force_generic_plan')
    for (const [index, [, { text, values, hasOnePlan }]] of pages.entries()) {
      expect(hasOnePlan).toBe(true)
      await client.query(`PREPARE page_${index} AS ${text}`)
      await client.query(`EXECUTE page_${index}${toLiterals(values)}`)
    }
    await fill(store)
    await client.query(`ANALYZE ${schema}.entries`)
    for (const [index, [name, { values }]] of pages.entries()) {
      const read = await explain(client, `EXECUTE page_${index}${toLiterals(values)}`)
      expect(read.scans, name).toEqual([])
      expect(read.rows, name).toBeLessThan(40 * PAGE)
    }
    await client.end()
    await store.close()
    await samples.close()
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

type Statement = ReturnType<typeof toListStatement>

function toPage(schema: string, query: ListQuery): Statement {
  return toListStatement(quoteSchema(schema), query)
}

/** The values of a statement for EXECUTE. */
function toLiterals(values: readonly unknown[]): string {
  const literals = values.map((value) =>
    Buffer.isBuffer(value) ? `'\\x${value.toString('hex')}'` : pg.escapeLiteral(String(value)),
  )
  return literals.length === 0 ? '' : `(${literals.join(', ')})`
}

/** How PostgreSQL reads a page: the scans of the whole table, and how many rows of it were looked at. */
async function explain(
  client: {
    query(text: string, values: unknown[]): Promise<{ readonly rows: readonly Record<string, unknown>[] }>
  },
  text: string,
  values: readonly unknown[] = [],
): Promise<{ readonly scans: string[]; readonly rows: number }> {
  const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...values])
  const [row] = rows
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
