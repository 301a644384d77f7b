import { sampleEntry } from '@catalog/testkit'
import { lacks } from '@catalog/testkit/running'
import type { CatalogStore, Commit } from '@catalog/types'
import { TotalsTally } from '@catalog/types/adapter'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { openPostgresCopy } from '../src/open-postgres-copy.ts'
import { useServer } from './use-server.ts'

const SAFE = { allowUnsafeServer: false }

describe.skipIf(lacks('postgres'))('a server with defaults that others chose', () => {
  const tests = useServer({ settings: {} })

  it.each(['read committed', 'repeatable read', 'serializable'])(
    'has each of many concurrent changes once under %s',
    async (level) => {
      await withDefault('default_transaction_isolation', level, async (schema) => {
        const stores = [await tests.open(schema), await tests.open(schema), await tests.open(schema)]
        await stores[0]?.commit([toCommit('counter', 0)])
        const each = 15
        const attempts = await Promise.all(stores.map((store) => countUp(store, each)))
        const counter = await stores[0]?.get(toCommit('counter', 0).changes[0]?.id as never)
        expect(counter).toMatchObject({ revision: 1 + stores.length * each, name: `${stores.length * each}` })
        expect(await stores[0]?.verifyHistory()).toMatchObject({
          ok: true,
          records: 1 + stores.length * each,
        })
        // Without a conflict they did not run at the same time.
        expect(attempts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(stores.length * each)
        const [row] = await tests.sql('SHOW default_transaction_isolation')
        expect(row).toEqual({ default_transaction_isolation: level })
        for (const store of stores) await store.close()
      })
    },
  )

  it('has an acknowledged commit, and a finished copy, on its disk although synchronous_commit is off by default', async () => {
    // So long that what is on the disk is there because of the commit.
    await tests.sql("ALTER SYSTEM SET wal_writer_delay = '10s'")
    await tests.sql('SELECT pg_reload_conf()')
    await withDefault('synchronous_commit', 'off', async (schema) => {
      const store = await tests.open(schema, SAFE)
      for (let number = 0; number < 10; number += 1) {
        const [before] = await tests.sql('SELECT pg_current_wal_insert_lsn()::text AS position')
        await store.commit([toCommit(`durable-${number}`, 0)])
        const [after] = await tests.sql('SELECT pg_current_wal_flush_lsn() > $1::pg_lsn AS is_flushed', [
          before?.['position'],
        ])
        expect(after).toEqual({ is_flushed: true })
      }
      const [row] = await tests.sql('SHOW synchronous_commit')
      expect(row).toEqual({ synchronous_commit: 'off' })
      await store.close()
      await expectFinishedOnDisk(schema)
    })
  })

  async function expectFinishedOnDisk(schema: string): Promise<void> {
    await tests.sql(`DROP SCHEMA ${schema} CASCADE`)
    const { connectionString } = tests
    const copy = await openPostgresCopy({ connectionString, schema, ...SAFE })
    const settings = { revision: 0, policy: {}, volumes: {} }
    const totals = new TotalsTally(0).read(0)
    await copy.begin({ position: 0, entries: [], removed: [], settings, totals })
    await copy.complete(settings, totals)
    const [before] = await tests.sql('SELECT pg_current_wal_insert_lsn()::text AS position')
    await copy.finish()
    const flushed = 'SELECT pg_current_wal_flush_lsn() > $1::pg_lsn AS is_flushed'
    expect(await tests.sql(flushed, [before?.['position']])).toEqual([{ is_flushed: true }])
    await copy.close()
  }

  it('is UNAVAILABLE if its statement_timeout or lock_timeout is too short, and nothing happened', async () => {
    for (const setting of ['statement_timeout', 'lock_timeout']) {
      await withDefault(setting, '100ms', async (schema) => {
        const pool = new pg.Pool({ connectionString: tests.server.connectionString, max: 2 })
        pool.on('error', () => undefined)
        const options = {
          connectionString: undefined,
          maxConnections: undefined,
          pool,
          listen: false,
          timeoutMs: 60_000,
        } as const
        const store = await tests.open(schema, options)
        const blocker = new pg.Client({ connectionString: tests.server.connectionString })
        await blocker.connect()
        await blocker.query(`BEGIN; SELECT FROM ${schema}.head FOR UPDATE`)
        // The lock timeout of the store is that of the call, whatever the default is.
        const committed = store.commit([toCommit('a', 0)])
        if (setting === 'statement_timeout')
          await expect(committed).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { outcome: 'none' } })
        await blocker.query('COMMIT')
        await blocker.end()
        if (setting === 'lock_timeout') expect(await committed).toMatchObject([{ applied: true }])
        expect(await store.changes(0)).toHaveLength(setting === 'lock_timeout' ? 1 : 0)
        await store.close()
        expect(pool.ended).toBe(false)
        await pool.end()
      })
    }
  })

  it("is used through a caller's pool, which stays open, with whatever parsers of types", async () => {
    const { types } = pg
    const pool = new pg.Pool({
      ...{ connectionString: tests.server.connectionString, max: 2 },
      types: {
        getTypeParser: ((oid: number, format?: 'text') =>
          oid === types.builtins.TEXT
            ? types.getTypeParser(oid, format)
            : () => 'other') as typeof types.getTypeParser,
      },
    })
    const store = await tests.open(tests.newSchema(), {
      connectionString: undefined,
      maxConnections: undefined,
      pool,
    })
    const listeners = pool.listenerCount('error')
    const changes = store.watch({ since: 0 })
    const next = changes.next()
    await store.commit([toCommit('a', 0)])
    expect((await next).value).toMatchObject({ id: 'a', revision: 1 })
    expect(await store.count({ name: '0' })).toBe(1)
    expect(await store.verifyHistory()).toMatchObject({ ok: true, records: 1 })
    await changes.return?.()
    await store.close()
    expect((await pool.query("SELECT 'still' AS open")).rows).toEqual([{ open: 'still' }])
    expect(pool.listenerCount('error')).toBeLessThanOrEqual(listeners - 1)
    await pool.end()
  })

  /** A schema, while the database has a default. */
  async function withDefault(
    name: string,
    value: string,
    use: (schema: string) => Promise<void>,
  ): Promise<void> {
    const schema = tests.newSchema()
    await (await tests.open(schema)).close()
    await tests.sql(`ALTER DATABASE catalog SET ${name} = '${value}'`)
    try {
      await use(schema)
    } finally {
      await tests.sql(`ALTER DATABASE catalog RESET ${name}`)
    }
  }
})

describe.skipIf(lacks('postgres'))('a server with fsync off', () => {
  const tests = useServer({ settings: { fsync: 'off' } })

  it('is refused for writing unless that is accepted, and may be read', async () => {
    const schema = tests.newSchema()
    await expect(tests.open(schema, SAFE)).rejects.toMatchObject({
      ...{ code: 'INVALID_INPUT', message: expect.stringContaining('fsync off') },
    })
    await (await tests.open(schema)).close()
    await (await tests.open(schema, { ...SAFE, readOnly: true })).close()
  })
})

/** Adds so many to the counter, trying again after each conflict; gives the number of attempts. */
async function countUp(store: CatalogStore, times: number): Promise<number> {
  let attempts = 0
  for (let done = 0; done < times; ) {
    const [change] = toCommit('counter', 0).changes
    const entry = change && (await store.get(change.id))
    const [outcome] = await store.commit([
      toCommit('counter', entry?.revision ?? 0, `${Number(entry?.name) + 1}`),
    ])
    attempts += 1
    if (outcome?.applied === true) done += 1
  }
  return attempts
}

function toCommit(id: string, ifRevision: number, name = '0'): Commit {
  const entry = sampleEntry({ id, name })
  return { operation: 'set', changes: [{ id: entry.id, ifRevision, entry }] }
}
