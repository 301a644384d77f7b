import { lacks, scaleRuns } from '@catalog/testkit/running'
import type { CatalogStore } from '@catalog/types'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { PostgresPool } from '../src/connection/postgres-pool.ts'
import { useDatabase } from './use-server.ts'
import { collect, expectEach, startWriters } from './writers.ts'

const STORES = 4

describe.skipIf(lacks('database'))('a role whose default isolation is serializable', () => {
  const tests = useDatabase()

  it('has its serialisation failures repeated: none is seen, and no commit is lost or made twice', async () => {
    const schema = tests.newSchema()
    await (await tests.open(schema)).close()
    const seen = new Map<string, number>()
    const pools = Array.from({ length: STORES }, () => openSerializable(tests.connectionString))
    const open = (pool: pg.Pool): Promise<CatalogStore> =>
      tests.open(schema, {
        ...{ connectionString: undefined, maxConnections: undefined, listen: false, pollMs: 20 },
        ...{ pool: observeErrors(pool, seen), timeoutMs: 300_000 },
      })
    const stores = await Promise.all(pools.map(open))
    const [first] = stores
    if (first === undefined) throw new Error('there are stores')
    const watched = collect(first)
    const failures = scaleRuns(30)
    const writers = startWriters(stores, 's')
    while ((seen.get('40001') ?? 0) < failures) await writers.untilMore(tests, schema, 1)
    const acknowledged = await writers.end()
    await expectEach(first, acknowledged)
    expect((await watched.take(acknowledged.length)).map(({ id }) => id).sort()).toEqual(
      [...acknowledged].sort(),
    )
    await watched.end()
    expect([...seen.keys()].filter((code) => code !== '40001')).toEqual([])
    for (const store of stores) await store.close()
    for (const pool of pools) await pool.end()
    console.log(
      `serialisation failures repeated: ${seen.get('40001')}, ${acknowledged.length} acknowledged, 0 lost, 0 twice`,
    )
  })
})

/** Its sessions begin as those of a role or a database with this default. */
function openSerializable(connectionString: string): pg.Pool {
  return new pg.Pool({
    ...{ connectionString, max: 3, application_name: 'model-catalog' },
    options: '-c default_transaction_isolation=serializable',
  })
}

/** The pool, whose clients count by SQLSTATE what the server refuses. */
function observeErrors(pool: pg.Pool, seen: Map<string, number>): PostgresPool {
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    const observed = async (...args: unknown[]): Promise<unknown> => {
      try {
        return await query(...args)
      } catch (error) {
        const { code = 'none' } = error as { readonly code?: string }
        seen.set(code, (seen.get(code) ?? 0) + 1)
        throw error
      }
    }
    Object.assign(client, { query: observed })
  })
  return pool
}
