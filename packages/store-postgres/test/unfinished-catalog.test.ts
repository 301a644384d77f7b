import { lacks } from '@catalog/testkit/running'
import { type CatalogStore, parseModelId } from '@catalog/types'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { PostgresPool } from '../src/connection/postgres-pool.ts'
import { openPostgresStore } from '../src/postgres-store.ts'
import { useDatabase } from './use-server.ts'
import { registrationOf } from './writers.ts'

const UNFINISHED = -1

describe.skipIf(lacks('database'))('a catalog into which a migration goes on while it is open', () => {
  const tests = useDatabase()

  it.each<[string, (store: CatalogStore) => Promise<unknown>]>([
    ['get', (store) => store.get(parseModelId('a'))],
    ['list', (store) => store.list({})],
    ['a page', (store) => store.list({ state: 'Pending', limit: 1 })],
  ])('is never told as empty by %s, also if the migration ends at that moment', async (_, ask) => {
    const schema = tests.newSchema()
    const setFormat = (format: number): Promise<unknown> =>
      tests.sql(`UPDATE ${schema}.catalog SET format = ${format}`)
    const pool = new pg.Pool({ connectionString: tests.connectionString })
    let looks = 0
    let atOpening = Number.POSITIVE_INFINITY
    const store = await openPostgresStore({
      ...{ schema, allowUnsafeServer: true },
      pool: beforeLookAtCatalog(pool, async () => {
        looks += 1
        if (looks > atOpening) await setFormat(1)
      }),
    })
    await store.commit([registrationOf('a')])
    atOpening = looks
    const whole = await ask(store)
    await setFormat(UNFINISHED)
    expect(await ask(store)).toEqual(whole)
    expect(looks).toBe(atOpening + 1)
    await store.close()
    await pool.end()
  })
})

/** The pool, whose clients do this before they ask why a statement was not of the catalog that was opened. */
function beforeLookAtCatalog(pool: pg.Pool, act: () => Promise<unknown>): PostgresPool {
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
    const acting = async (...args: unknown[]): Promise<unknown> => {
      if (String(args[0]).startsWith('SELECT id::text AS id, format::text')) await act()
      return await query(...args)
    }
    Object.assign(client, { query: acting })
  })
  return pool
}
