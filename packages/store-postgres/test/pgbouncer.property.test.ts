import { describeStoreConformance, sampleEntry } from '@catalog/testkit'
import { lacks, type Pooler, scaleRuns, startPooler } from '@catalog/testkit/running'
import type { Commit } from '@catalog/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PostgresStoreOptions } from '../src/postgres-store-options.ts'
import { useServer } from './use-server.ts'

const CONNECTIONS = 2

describe.skipIf(lacks('pgbouncer'))('behind PgBouncer in transaction mode', () => {
  const { newSchema, open, recycle, sql, ...tests } = withServer()
  let pooler: Pooler | undefined
  beforeAll(async () => {
    pooler = await startPooler(tests.server(), CONNECTIONS)
  })
  afterAll(() => pooler?.stop())
  const openBehind = (schema: string, options: Partial<PostgresStoreOptions> = {}) => {
    const { connectionString } = pooler ?? expect.unreachable('the pooler exists only while tests run')
    return open(schema, { connectionString, pooler: true, ...options })
  }

  describeStoreConformance(
    'PostgreSQL store',
    async () => {
      const schema = newSchema()
      await (await openBehind(schema)).close()
      return {
        // Nothing tells it of changes: it looks from time to time.
        open: () => openBehind(schema, { pollMs: 20 }),
        openReadOnly: () => openBehind(schema, { readOnly: true, pollMs: 20 }),
        openPrunable: () => openBehind(schema, { segmentLength: 8, pollMs: 20 }),
        reopenIsDurable: true,
        dispose: () => recycle(schema),
      }
    },
    { numRuns: scaleRuns(2), lacks: ['no-space'] },
  )

  it('many stores share few connections, and none of their commits is lost or made twice', async () => {
    const schema = newSchema()
    const stores = await Promise.all(Array.from({ length: 12 }, () => openBehind(schema)))
    const each = 10
    await Promise.all(
      stores.map(async (store, index) => {
        for (let number = 0; number < each; number += 1) {
          const outcomes = await store.commit([registrationOf(`s${index}-${number}`)])
          expect(outcomes).toMatchObject([{ applied: true }])
        }
      }),
    )
    const [backends] = await sql(
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'model-catalog'",
    )
    expect(backends?.['count']).toBeLessThanOrEqual(CONNECTIONS)
    expect(await stores[0]?.verifyHistory()).toMatchObject({ ok: true, records: stores.length * each })
    for (const store of stores) await store.close()
    await recycle(schema)
  })

  it('a watch is told of changes at once if it may listen on the server itself', async () => {
    const schema = newSchema()
    // It would look only in an hour.
    const store = await openBehind(schema, { listen: tests.server().connectionString, pollMs: 3_600_000 })
    const changes = store.watch({ since: 0 })
    for (const id of ['a', 'b', 'c']) {
      const next = changes.next()
      await store.commit([registrationOf(id)])
      expect((await next).value).toMatchObject({ id })
    }
    await changes.return?.()
    await store.close()
    await recycle(schema)
  })

  it('nothing stays set for the next client of a connection', async () => {
    const schema = newSchema()
    const store = await openBehind(schema)
    await store.commit([registrationOf('a')])
    await store.list({ limit: 1 })
    const direct = await openBehind(newSchema())
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: pooler?.connectionString })
    await client.connect()
    const { rows } = await client.query(
      "SELECT name, setting FROM pg_settings WHERE source = 'session' AND name NOT IN ('application_name', 'client_encoding')",
    )
    expect(rows).toEqual([])
    const { rows: prepared } = await client.query('SELECT name FROM pg_prepared_statements')
    expect(prepared).toEqual([])
    const { rows: locks } = await client.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")
    expect(locks).toEqual([])
    await client.end()
    for (const each of [store, direct]) await each.close()
  })
})

function registrationOf(id: string): Commit {
  const entry = sampleEntry({ id })
  return { operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }
}

/** The server exists only once the tests run. */
function withServer() {
  const tests = useServer()
  const { newSchema, open, recycle, sql } = tests
  return { newSchema, open, recycle, sql, server: () => tests.server }
}
