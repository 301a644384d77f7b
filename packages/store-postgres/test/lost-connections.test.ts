import { lacks } from '@catalog/testkit/running'
import { isCatalogError, parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { openRelay } from './relay.ts'
import { type TestServer, useServer } from './use-server.ts'
import { eventually, registrationOf } from './writers.ts'

describe.skipIf(lacks('postgres'))('a store whose connections are lost', () => {
  const tests = useServer({ settings: {} })

  it('is UNAVAILABLE while the server is away, and reads and writes again by itself', async () => {
    const schema = tests.newSchema()
    await (await tests.open(schema)).close()
    const store = await tests.open(schema, { timeoutMs: 3000 })
    await tests.server.kill()
    try {
      await expect(store.get(parseModelId('a'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      await expect(store.commit([registrationOf('a')])).rejects.toMatchObject({
        ...{ code: 'UNAVAILABLE', details: { operation: 'commit', outcome: 'none' } },
      })
      await expect(tests.open(schema, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    } finally {
      await tests.server.start()
    }
    await eventually(() => store.commit([registrationOf('a')]))
    expect(await eventually(() => store.get(parseModelId('a')))).toMatchObject({ revision: 1 })
    await store.close()
  })

  it('asks what became of a commit whose answer was cut off, and has it once', async () => {
    const schema = tests.newSchema()
    const relay = await openRelay(tests.server.socketDirectory)
    const connectionString = `postgresql://catalog@127.0.0.1:${relay.port}/catalog`
    const store = await tests.open(schema, { connectionString, listen: false, maxConnections: 1 })
    for (const name of ['a', 'b', 'c']) {
      // The server gets the commit, and its answer never arrives: the connection ends instead.
      relay.cutNextAnswerTo('catalog_commit')
      expect(await store.commit([registrationOf(name)])).toMatchObject([
        { applied: true, entries: [{ id: name, revision: 1 }] },
      ])
    }
    expect(relay.cuts).toBe(3)
    expect(await store.changes(0)).toHaveLength(3)
    await store.close()
    await relay.close()
  })

  it('does not believe the last word of a server that ends: the commit may have been made', async () => {
    const schema = tests.newSchema()
    const relay = await openRelay(tests.server.socketDirectory)
    const connectionString = `postgresql://catalog@127.0.0.1:${relay.port}/catalog`
    const store = await tests.open(schema, { connectionString, listen: false, maxConnections: 1 })
    // A full disk, a failed write, an internal error; and in the words of another language.
    const codes = ['53100', '58030', 'XX000']
    for (const code of codes) {
      relay.cutNextAnswerTo('catalog_commit', { severity: 'PANIK', code })
      expect(await store.commit([registrationOf(`a-${code}`)])).toMatchObject([{ applied: true }])
    }
    expect(relay.cuts).toBe(codes.length)
    expect(await store.changes(0)).toHaveLength(codes.length)
    await store.close()
    await relay.close()
  })

  it('survives a connection that the server ends in the moment when it is ready', async () => {
    const schema = tests.newSchema()
    const relay = await openRelay(tests.server.socketDirectory)
    const connectionString = `postgresql://catalog@127.0.0.1:${relay.port}/catalog`
    relay.endNextWhenReady()
    const store = await tests.open(schema, { connectionString, maxConnections: 1 })
    // The one that listens, too.
    relay.endNextWhenReady()
    const changes = store.watch()
    const first = changes.next()
    while (relay.cuts < 2) await store.refresh()
    await store.commit([registrationOf('a')])
    expect(await first).toMatchObject({ value: { id: 'a' } })
    await store.close()
    await relay.close()
  })

  it('is UNAVAILABLE with an unknown outcome if no answer comes in time, and goes on from there', async () => {
    const schema = tests.newSchema()
    await (await tests.open(schema)).close()
    const blocked = await tests.open(schema, { timeoutMs: 3000 })
    const release = await lockHead(tests, schema)
    await expect(blocked.commit([registrationOf('a')])).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await release()
    // Whatever became of the first, it comes to nothing after the second.
    await blocked.commit([registrationOf('b')])
    const ids = (await blocked.changes(0)).map(({ id }) => id)
    expect(ids.filter((id) => id === 'b')).toHaveLength(1)
    await blocked.close()
  })

  it('never says the password, whatever goes wrong', async () => {
    const secret = 'pass-word-7319'
    for (const address of [
      `postgresql://catalog:${secret}@127.0.0.1:1/catalog`,
      `postgresql://catalog:${secret}@[/catalog`,
      `http://catalog:${secret}@host/catalog`,
      `postgresql://unknown:${secret}@${encodeURIComponent(tests.server.socketDirectory)}:5432/catalog`,
      `postgresql://catalog:${secret}@${encodeURIComponent(tests.server.socketDirectory)}:5432/none`,
    ]) {
      const error: unknown = await tests.open('x', { connectionString: address, timeoutMs: 300 }).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(isCatalogError(error)).toBe(true)
      const { inspect } = await import('node:util')
      expect(inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error)).not.toContain(secret)
    }
  })
})

/** Another transaction holds the row that every commit locks. */
async function lockHead(tests: TestServer, schema: string): Promise<() => Promise<void>> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: tests.server.connectionString })
  await client.connect()
  await client.query(`BEGIN; SELECT FROM ${schema}.head FOR UPDATE`)
  return async () => {
    await client.query('COMMIT')
    await client.end()
  }
}
