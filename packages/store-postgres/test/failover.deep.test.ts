import { lacks, PostgresServer, runSql } from '@catalog/testkit/running'
import type { CatalogStore } from '@catalog/types'
import { afterEach, describe, expect, it } from 'vitest'
import { openPostgresStore } from '../src/postgres-store.ts'
import { openRelay, type Relay } from './relay.ts'
import { collect, eventually, expectEach, registrationOf, startWriters } from './writers.ts'

describe.skipIf(lacks('postgres', 'proc'))('a failover to a standby', () => {
  const started: PostgresServer[] = []
  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop()
  })

  it('with synchronous replication loses no acknowledged commit, and writers and watches go on', async () => {
    const { primary, standby, relay, open } = await startPair()
    await setSynchronous(primary, standby)
    const stores = [await open(), await open()] as const
    const watched = collect(stores[0])
    const writers = startWriters(stores, 'f')
    await watched.take(20)
    const { underWay } = writers
    await failOver(primary, standby, relay)
    // Those that were under way are answered, and some more.
    await watched.take(20)
    const acknowledged = await writers.end()
    await expectEach(stores[1], acknowledged)
    await watched.take(acknowledged.length - 40)
    await watched.end()
    for (const store of stores) await store.close()
    console.log(
      `failover with ${underWay} calls under way: ${acknowledged.length} acknowledged, 0 lost, 0 twice`,
    )
  })

  it('acknowledges nothing that the synchronous standby does not have, also to a call that is sent again', async () => {
    const { primary, standby, open } = await startPair()
    const store = await open()
    await setSynchronous(primary, standby)
    await store.commit([registrationOf('a')])
    await standby.kill()
    const commit = store.commit([registrationOf('b')])
    const early = commit.then(() => Promise.reject(new Error('acknowledged without the standby')))
    early.catch(() => undefined)
    const untilItWaits = (): Promise<Rows> => Promise.race([untilRows(primary, WAITING_FOR_STANDBY), early])
    // The first call is committed here, and waits for the standby. Ended, it is sent again: the second call waits as well.
    for (const _ of ['first', 'second']) {
      const [waiting] = await untilItWaits()
      await ask(primary, 'SELECT pg_terminate_backend($1)', [waiting?.['pid']])
      await untilRows(primary, ENDED, [waiting?.['pid']])
    }
    await untilItWaits()
    await standby.start()
    expect(await commit).toMatchObject([{ applied: true }])
    expect(await ask(standby, 'SELECT id FROM catalog.entries ORDER BY id')).toEqual([
      { id: 'a' },
      { id: 'b' },
    ])
    await store.close()
  })

  it('that is not over yet is waited for: the standby is not READ_ONLY for a store that has written', async () => {
    const { primary, standby, relay, open } = await startPair()
    const store = await open()
    await store.commit([registrationOf('a')])
    await untilRows(standby, "SELECT FROM catalog.entries WHERE id = 'a'")
    await primary.kill({ isWhole: true })
    relay.leadTo(standby.socketDirectory)
    const commit = store.commit([registrationOf('b')])
    await untilRows(standby, "SELECT FROM pg_stat_activity WHERE application_name = 'model-catalog'")
    // One that has not written yet is told at once.
    const late = await open()
    await expect(late.commit([registrationOf('c')])).rejects.toMatchObject({ code: 'READ_ONLY' })
    await ask(standby, 'SELECT pg_promote()')
    expect(await commit).toMatchObject([{ applied: true }])
    for (const each of [late, store]) await each.close()
  })

  it('without synchronous replication may lose acknowledged commits, and a watch that has seen them says so', async () => {
    const { primary, standby, relay, open } = await startPair()
    const store = await open()
    await store.commit([registrationOf('a')])
    await untilRows(standby, "SELECT FROM catalog.entries WHERE id = 'a'")
    await stopReplication(standby)
    const watches = { far: collect(store), near: collect(store) }
    for (const name of ['b', 'c']) await store.commit([registrationOf(name)])
    await watches.far.take(3)
    await watches.near.take(1)
    await failOver(primary, standby, relay)
    const entries = await eventually(() => store.list({}))
    expect(entries.map(({ id }) => id)).toEqual(['a'])
    // It has seen position 3, and the history ends at 1.
    await expect(watches.far.next()).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
    // What is in its memory was read before; then it has seen too much as well.
    await expect(drain(watches.near)).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
    // A caller that has kept the position, of changes that are not there.
    await expect(store.watch({ since: 3 }).next()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    const later = store.watch({ since: 1 })
    const next = later.next()
    await store.commit([registrationOf('d')])
    expect(await next).toMatchObject({ value: { id: 'd', position: 2 } })
    await store.close()
    console.log('failover without synchronous replication: 3 acknowledged, 2 lost, each watch told')
  })

  it('to a history with as many other changes, or more, is told to a watch as well', async () => {
    const { primary, standby, relay, open } = await startPair()
    const store = await open()
    await store.commit([registrationOf('a')])
    await untilRows(standby, "SELECT FROM catalog.entries WHERE id = 'a'")
    await stopReplication(standby)
    const polled = await open({ listen: false })
    const watches = [collect(store), collect(polled)]
    await store.commit([registrationOf('b')])
    for (const watch of watches) await watch.take(2)
    const waiting = watches.map((watch) =>
      expect(watch.next()).rejects.toMatchObject({ code: 'CATALOG_REPLACED' }),
    )
    // Others write to the new primary before the watches see it.
    await ask(standby, 'SELECT pg_promote()')
    const other = await openPostgresStore({ connectionString: standby.connectionString })
    await other.commit([registrationOf('x')])
    await failOver(primary, standby, relay)
    await Promise.all(waiting)
    const third = collect(store)
    await third.take(2)
    await third.end()
    for (const each of [other, polled, store]) await each.close()
  })

  /** A primary, a standby that follows it, and an address that leads to the primary. */
  async function startPair() {
    const primary = await PostgresServer.start()
    started.push(primary)
    const standby = await primary.startStandby()
    started.push(standby)
    const relay = await openRelay(primary.socketDirectory)
    const connectionString = `postgresql://catalog@127.0.0.1:${relay.port}/catalog`
    const open = (options = {}): Promise<CatalogStore> =>
      openPostgresStore({ connectionString, timeoutMs: 120_000, ...options })
    return { primary, standby, relay, open }
  }
})

const WAITING_FOR_STANDBY = `SELECT pid FROM pg_stat_activity
  WHERE application_name = 'model-catalog' AND wait_event = 'SyncRep'`
const ENDED = 'SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)'

/** Kills the primary with all that it has under way, promotes the standby, and leads the address to it. */
async function failOver(primary: PostgresServer, standby: PostgresServer, relay: Relay): Promise<void> {
  await primary.kill({ isWhole: true })
  await ask(standby, 'SELECT pg_promote() WHERE pg_is_in_recovery()')
  relay.leadTo(standby.socketDirectory)
}

/** Commits of the primary wait for the standby, from now on. */
async function setSynchronous(primary: PostgresServer, standby: PostgresServer): Promise<void> {
  await ask(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")
  await ask(primary, 'SELECT pg_reload_conf()')
  await untilRows(primary, "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'")
  // The new primary has no standby, and would wait for one.
  await ask(standby, "ALTER SYSTEM SET synchronous_standby_names = ''")
  await ask(standby, 'SELECT pg_reload_conf()')
}

/** The standby gets nothing any more. */
async function stopReplication(standby: PostgresServer): Promise<void> {
  await ask(standby, "ALTER SYSTEM SET primary_conninfo = ''")
  await ask(standby, 'SELECT pg_reload_conf()')
  await untilRows(standby, 'SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_wal_receiver)')
}

/** All that a watch still gives. */
async function drain(watch: ReturnType<typeof collect>): Promise<void> {
  while ((await watch.next()) !== undefined);
}

type Rows = readonly Readonly<Record<string, unknown>>[]

const ask = (server: PostgresServer, text: string, values: unknown[] = []): Promise<Rows> =>
  runSql(server.connectionString, text, values)

/** The rows as soon as there are some. */
async function untilRows(server: PostgresServer, text: string, values: unknown[] = []): Promise<Rows> {
  for (;;) {
    // A standby may not have the tables yet.
    const rows = await eventually(() => ask(server, text, values))
    if (rows.length > 0) return rows
  }
}
