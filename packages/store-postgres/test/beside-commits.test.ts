import { sampleEntry } from '@catalog/testkit'
import { lacks } from '@catalog/testkit/running'
import { type CatalogStore, type Commit, parseModelId } from '@catalog/types'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type TestCatalogs, useDatabase } from './use-server.ts'

describe.skipIf(lacks('database'))('what is done to the tables beside commits', () => {
  const tests = useDatabase()

  it.each(['VACUUM', 'VACUUM FULL', 'REINDEX CONCURRENTLY', 'CLUSTER'])(
    '%s makes commits and reads wait, and none of them fail',
    async (kind) => {
      const schema = tests.newSchema()
      const store = await tests.open(schema, { timeoutMs: 120_000 })
      const changes = store.watch({ since: 0 })
      let isOver = false
      const writing = writeUntil(() => isOver, store)
      for (const table of ['head', 'entries', 'history', 'changed', 'writers']) {
        const text = {
          VACUUM: `VACUUM ANALYZE ${schema}.${table}`,
          'VACUUM FULL': `VACUUM FULL ${schema}.${table}`,
          'REINDEX CONCURRENTLY': `REINDEX TABLE CONCURRENTLY ${schema}.${table}`,
          CLUSTER: `CLUSTER ${schema}.${table} USING ${table}_pkey`,
        }[kind]
        await tests.sql(text ?? '')
      }
      isOver = true
      const written = await writing
      expect(written).toBeGreaterThan(0)
      const seen: unknown[] = []
      while (seen.length < written) seen.push((await changes.next()).value)
      expect(seen).toEqual(await store.changes(0))
      expect(await store.verifyHistory()).toMatchObject({ ok: true, records: written })
      await changes.return?.()
      await store.close()
    },
  )

  it('REINDEX SCHEMA CONCURRENTLY that is cancelled leaves indexes that are not valid, which commits do not mind', async () => {
    const schema = tests.newSchema()
    const store = await tests.open(schema)
    await store.commit([registrationOf('a')])
    const [reader, rebuilder] = [await connect(), await connect()]
    // A transaction that has seen the table is waited for.
    await reader.query(`BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM ${schema}.entries`)
    const { rows } = await rebuilder.query('SELECT pg_backend_pid() AS pid')
    const rebuilding = rebuilder.query(`REINDEX SCHEMA CONCURRENTLY ${schema}`).catch((error) => error.code)
    while ((await findInvalid(schema)).length === 0);
    await store.commit([registrationOf('b')])
    await tests.sql('SELECT pg_cancel_backend($1)', [rows[0]?.pid])
    expect(await rebuilding).toBe('57014')
    await reader.query('COMMIT')
    const left = await findInvalid(schema)
    expect(left.length).toBeGreaterThan(0)
    expect(left.every((name) => name.endsWith('_ccnew'))).toBe(true)
    await store.commit([registrationOf('c')])
    for (const name of left) await tests.sql(`DROP INDEX CONCURRENTLY ${schema}.${name}`)
    await tests.sql(`REINDEX SCHEMA CONCURRENTLY ${schema}`)
    expect(await findInvalid(schema)).toEqual([])
    expect((await store.list({})).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect(await store.verifyHistory()).toMatchObject({ ok: true, records: 3 })
    for (const client of [reader, rebuilder]) await client.end()
    await store.close()
  })

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: tests.connectionString })
    await client.connect()
    return client
  }

  /** The indexes of a schema that are not used. */
  async function findInvalid(schema: string): Promise<readonly string[]> {
    const text = `SELECT c.relname AS name FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
      WHERE c.relnamespace = $1::regnamespace AND NOT i.indisvalid`
    return (await tests.sql(text, [schema])).map(({ name }) => String(name))
  }

  it('a transaction that stays open sees the catalog of its beginning, and commits go on', async () => {
    const schema = tests.newSchema()
    const store = await tests.open(schema)
    await store.commit([registrationOf('before')])
    const reader = await connect()
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
    const count = async (): Promise<unknown> =>
      (await reader.query(`SELECT count(*)::int AS count FROM ${schema}.entries`)).rows[0]?.count
    expect(await count()).toBe(1)
    for (let number = 0; number < 200; number += 1) await store.commit([registrationOf(`m-${number}`)])
    await tests.sql(`VACUUM ${schema}.head`)
    expect(await count()).toBe(1)
    await reader.query('COMMIT')
    expect(await count()).toBe(201)
    await reader.end()
    expect(await store.verifyHistory()).toMatchObject({ ok: true, records: 201 })
    await store.close()
  })

  it.each(['dropped', 'dropped and made again', 'dropped and made again with the same models'])(
    'a catalog that was %s is CATALOG_REPLACED for each call of a store that was open, also the ones that it made before',
    async (what) => {
      const schema = tests.newSchema()
      const store = await tests.open(schema, { timeoutMs: 60_000 })
      const id = parseModelId('a')
      await store.commit([registrationOf('a')])
      // Each of these has its plan kept by the connection.
      const calls: readonly (() => Promise<unknown>)[] = [
        () => store.get(id),
        () => store.get(parseModelId('none')),
        () => store.list({}),
        () => store.list({ state: 'Failed' }),
        () => store.count({ name: 'a' }),
        () => store.counts(),
        () => store.settings(),
        () => store.totals(),
        () => store.changes(0),
        () => store.changes(0, id),
        () => store.refresh(),
        () => store.verifyHistory(),
        () => store.measureHistory(),
        () => store.commit([registrationOf('b')]),
        () => store.changeSettings({ ifRevision: 0, settings: { policy: {}, volumes: {} } }),
      ]
      for (const call of calls.slice(0, -1)) await call()
      const watch = store.watch()
      const next = watch.next()
      next.catch(() => undefined)
      await dropSchema(tests, schema)
      let other: CatalogStore | undefined
      if (what !== 'dropped') other = await tests.open(schema)
      if (what.endsWith('models')) await other?.commit([registrationOf('a')])
      for (const call of calls) {
        await expect(call(), call.toString()).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
      }
      await expect(next).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
      if (other !== undefined) expect(await other.changes(0)).toHaveLength(what.endsWith('models') ? 1 : 0)
      await other?.close()
      await store.close()
    },
  )
})

/** The watch reads meanwhile: of two that wait for each other, PostgreSQL may end this one. */
async function dropSchema(tests: TestCatalogs, schema: string): Promise<void> {
  try {
    await tests.sql(`DROP SCHEMA ${schema} CASCADE`)
  } catch (error) {
    if (Reflect.get(error as object, 'code') !== '40P01') throw error
    await dropSchema(tests, schema)
  }
}

/** Registers and changes models until it is over; gives the number of commits. */
async function writeUntil(isOver: () => boolean, store: CatalogStore): Promise<number> {
  let count = 0
  for (; !isOver() || count === 0; count += 2) {
    const { changes, operation } = registrationOf(`m-${count}`)
    await store.commit([{ operation, changes }])
    await store.commit([{ operation, changes: changes.map((change) => ({ ...change, ifRevision: 1 })) }])
    expect(await store.list({ limit: 1 })).toHaveLength(1)
  }
  return count
}

function registrationOf(id: string): Commit {
  const entry = sampleEntry({ id })
  return { operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }
}
