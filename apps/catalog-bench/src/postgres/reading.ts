import { type CatalogStore, type ListQuery, parseModelId } from '@catalog/types'
import { toCursor } from '@catalog/types/adapter'
import type pg from 'pg'
import type { Figure } from '../figure.ts'
import { measureInRounds, timeMs } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'
import { idOf } from '../store/models.ts'
import { BenchServer } from './server.ts'

const PAGE = 50
const WANTED = 500

/** What a look at one entry and pages cost among a million, against the bare queries; and what room they take. */
export async function measureReading(settings: Settings): Promise<Results> {
  const entries = settings.isQuick ? 100_000 : 1_000_000
  const server = await BenchServer.start(settings)
  try {
    const fillingMs = { value: 0 }
    let store: CatalogStore | undefined
    fillingMs.value = await timeMs(async () => {
      store = await server.fill('million', entries)
    })
    if (store === undefined) throw new Error('no store')
    const client = await server.connect()
    return [
      await measureGet(settings, store, client, entries),
      ...(await measurePages(settings, store, client, entries)),
      ...(await measureRoom(client, entries)),
      {
        ...{ name: 'filling, commits of 2,500 models', unit: 'ms each' },
        ours: fillingMs.value / entries,
      },
    ]
  } finally {
    await server.stop()
  }
}

async function measureGet(
  { rounds, isQuick }: Settings,
  store: CatalogStore,
  client: pg.Client,
  entries: number,
): Promise<Figure> {
  const ids = Array.from({ length: WANTED }, (_, index) =>
    parseModelId(idOf(index * Math.floor(entries / WANTED))),
  )
  const times = isQuick ? 1 : 4
  const perLookMs = async (look: (id: string) => Promise<unknown>): Promise<number> => {
    const ms = await timeMs(async () => {
      for (let time = 0; time < times; time += 1) for (const id of ids) await look(id)
    })
    return ms / (times * ids.length)
  }
  const samples = await measureInRounds(rounds, {
    ours: () => perLookMs((id) => store.get(parseModelId(id))),
    bare: () => perLookMs((id) => client.query('SELECT entry FROM million.entries WHERE folded = $1', [id])),
  })
  return {
    ...{ name: `get, of ${entries} entries`, unit: 'ms', ours: samples.median('ours') },
    other: { name: 'SELECT by primary key', value: samples.median('bare') },
    ...{ ratio: samples.ratio('ours', 'bare'), target: { is: 'at most', value: 1.5 } },
  }
}

interface PageQuery {
  readonly name: string
  readonly query: ListQuery
  /** The query as a person would write it. */
  readonly bare: string
}

async function measurePages(
  { rounds, isQuick }: Settings,
  store: CatalogStore,
  client: pg.Client,
  entries: number,
): Promise<readonly Figure[]> {
  const [middle] = await store.list({ order: 'size', sizeBytes: { min: 500_000_000 }, limit: 1 })
  if (middle === undefined && !isQuick) throw new Error('no entry in the middle')
  const select = 'SELECT entry FROM million.entries WHERE entry IS NOT NULL'
  const pages: readonly PageQuery[] = [
    { name: 'by id', query: {}, bare: `${select} ORDER BY id LIMIT ${PAGE}` },
    {
      ...{ name: 'by state', query: { state: 'Failed' } },
      bare: `${select} AND state = 'Failed' ORDER BY id LIMIT ${PAGE}`,
    },
    {
      ...{ name: 'newest first', query: { order: '-registeredAt' } },
      bare: `${select} ORDER BY registered DESC LIMIT ${PAGE}`,
    },
    ...(middle === undefined
      ? []
      : [
          {
            name: 'largest first, from the middle',
            query: { order: '-size', after: toCursor(middle, '-size') } as const,
            bare: `${select} AND size < ${middle.sizeBytes} ORDER BY size DESC LIMIT ${PAGE}`,
          },
        ]),
  ]
  const times = isQuick ? 50 : 400
  const figures: Figure[] = []
  for (const { name, query, bare } of pages) {
    const perPageMs = (read: () => Promise<{ readonly length: number }>) => async (): Promise<number> => {
      const ms = await timeMs(async () => {
        for (let time = 0; time < times; time += 1) {
          const { length } = await read()
          if (length !== PAGE) throw new Error(`${length} entries listed`)
        }
      })
      return ms / times
    }
    const samples = await measureInRounds(rounds, {
      ours: perPageMs(() => store.list({ ...query, limit: PAGE })),
      bare: perPageMs(async () => (await client.query(bare)).rows),
    })
    figures.push({
      ...{ name: `list ${PAGE} ${name}, of ${entries} entries`, unit: 'ms', ours: samples.median('ours') },
      other: { name: 'the bare query', value: samples.median('bare') },
      ...{ ratio: samples.ratio('ours', 'bare'), target: { is: 'at most', value: 2 } },
    })
  }
  return figures
}

/** What an operator plans with. */
async function measureRoom(client: pg.Client, entries: number): Promise<readonly Figure[]> {
  const { rows } = await client.query(`SELECT
    pg_table_size('million.entries')::float8 / ${entries} AS "table of an entry",
    pg_indexes_size('million.entries')::float8 / ${entries} AS "indexes of an entry",
    (pg_total_relation_size('million.history') + pg_total_relation_size('million.changed'))::float8 / ${entries}
      AS "history of a change, of 2,500 in a commit"`)
  const room = Object.entries(rows[0] ?? {}).map(([name, bytes]) => ({
    ...{ name, unit: 'bytes', ours: Number(bytes) },
  }))
  const changed = 20
  await client.query(
    `UPDATE million.entries SET revision = revision WHERE size::bigint / 1000 % ${changed} = 0`,
  )
  const vacuumMs = await timeMs(() => client.query('VACUUM million.entries'))
  const analyzeMs = await timeMs(() => client.query('ANALYZE million.entries'))
  return [
    ...room,
    { name: `VACUUM of ${entries} entries, one in ${changed} changed`, unit: 'ms', ours: vacuumMs },
    { name: `ANALYZE of ${entries} entries`, unit: 'ms', ours: analyzeMs },
  ]
}
