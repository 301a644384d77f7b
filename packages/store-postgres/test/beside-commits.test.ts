import { sampleEntry } from '@catalog/testkit'
import { lacks } from '@catalog/testkit/running'
import { type CatalogStore, type Commit, parseModelId } from '@catalog/types'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { useDatabase } from './use-server.ts'

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
      for (const table of ['head', 'entries', 'history', 'changed', 'writers', 'operations']) {
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

  it('a transaction that stays open sees the catalog of its beginning, and commits go on', async () => {
    const schema = tests.newSchema()
    const store = await tests.open(schema)
    await store.commit([registrationOf('before')])
    const reader = new pg.Client({ connectionString: tests.connectionString })
    await reader.connect()
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
      await tests.sql(`DROP SCHEMA ${schema} CASCADE`)
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
