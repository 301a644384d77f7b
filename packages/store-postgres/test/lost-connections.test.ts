import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { sampleEntry } from '@catalog/testkit'
import { createRandom, lacks, scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { type CatalogStore, type Commit, isCatalogError, parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { useServer } from './use-server.ts'

/** Every backend of the stores is ended, wherever its statement is. */
const TERMINATE = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'model-catalog'`

describe.skipIf(lacks('postgres'))('a store whose connections are lost', () => {
  const tests = useServer({ settings: {} })

  it('loses no acknowledged commit, applies none twice, and its watch gives each once', async () => {
    const runs = scaleRuns(20)
    const random = createRandom(seedOfRun())
    const schema = tests.newSchema()
    const stores = [await tests.open(schema), await tests.open(schema)]
    const watched = collect(stores[0])
    let isOver = false
    const writers = stores.map((store, index) => registerUntil(() => isOver, store, `w${index}`))
    for (let count = 0; count < runs; count += 1) {
      await nextChange(tests, schema, Math.floor(random() * 3) + 1)
      await tests.sql(TERMINATE)
    }
    isOver = true
    const acknowledged = (await Promise.all(writers)).flat()
    expect(acknowledged.length).toBeGreaterThan(runs)
    await expectEach(stores[1], acknowledged)
    const changes = (await stores[1]?.changes(0)) ?? []
    expect(await watched.take(changes.length)).toEqual(changes)
    await watched.end()
    for (const store of stores) await store.close()
    console.log(`${runs} terminations: ${acknowledged.length} acknowledged, 0 lost, 0 twice`)
  })

  it('goes on after the postmaster was killed in the middle of commits', async () => {
    const runs = scaleRuns(2)
    const schema = tests.newSchema()
    const stores = [
      await tests.open(schema, { timeoutMs: 120_000 }),
      await tests.open(schema, { timeoutMs: 120_000 }),
    ]
    let isOver = false
    const writers = stores.map((store, index) => registerUntil(() => isOver, store, `k${index}`))
    for (let count = 0; count < runs; count += 1) {
      await nextChange(tests, schema, 3)
      await tests.server.kill()
      await tests.server.start()
    }
    isOver = true
    const acknowledged = (await Promise.all(writers)).flat()
    expect(acknowledged.length).toBeGreaterThan(runs)
    await expectEach(stores[0], acknowledged)
    for (const store of stores) await store.close()
    console.log(`${runs} kills: ${acknowledged.length} acknowledged, 0 lost, 0 twice`)
  })

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
    const relay = await openRelay(`${tests.server.socketDirectory}/.s.PGSQL.5432`)
    const connectionString = `postgresql://catalog@127.0.0.1:${relay.port}/catalog`
    const store = await tests.open(schema, { connectionString, listen: false, maxConnections: 1 })
    for (const name of ['a', 'b', 'c']) {
      // The server gets the commit, and its answer never arrives: the connection ends instead.
      relay.cutNextAnswerTo('commit_changes')
      expect(await store.commit([registrationOf(name)])).toMatchObject([
        { applied: true, entries: [{ id: name, revision: 1 }] },
      ])
    }
    expect(relay.cuts).toBe(3)
    expect(await store.changes(0)).toHaveLength(3)
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

type Tests = ReturnType<typeof useServer>

function registrationOf(name: string): Commit {
  const entry = sampleEntry({ id: name })
  return { operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }
}

/** Registers one model after the other; gives the names of those that were acknowledged. */
async function registerUntil(isOver: () => boolean, store: CatalogStore, prefix: string): Promise<string[]> {
  const acknowledged: string[] = []
  for (let count = 0; !isOver(); count += 1) {
    const names = [`${prefix}-${count}-a`, `${prefix}-${count}-b`]
    const outcomes = await Promise.all(names.map((name) => store.commit([registrationOf(name)])))
    // Applied twice would be a conflict with itself.
    expect(outcomes.flat().every(({ applied }) => applied)).toBe(true)
    acknowledged.push(...names)
  }
  return acknowledged
}

/** All that was acknowledged is there, once in the history and at revision 1, in a chain that is whole. */
async function expectEach(store: CatalogStore | undefined, acknowledged: readonly string[]): Promise<void> {
  const changes = (await store?.changes(0)) ?? []
  expect(changes.map(({ id }) => id).sort()).toEqual([...acknowledged].sort())
  expect(changes.map(({ position }) => position)).toEqual(changes.map((_, index) => index + 1))
  expect((await store?.list({}))?.every(({ revision }) => revision === 1)).toBe(true)
  expect(await store?.verifyHistory()).toMatchObject({ ok: true, records: acknowledged.length })
}

/** Waits until so many more commits are there. */
async function nextChange(tests: Tests, schema: string, count: number): Promise<void> {
  const position = async (): Promise<number> => {
    const [row] = await tests.sql(`SELECT position::int AS position FROM ${schema}.head`)
    return Number(row?.['position'])
  }
  const start = await eventually(position)
  while ((await eventually(position)) < start + count);
}

/** What a call gives as soon as the server answers again. */
async function eventually<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

/** All that a watch gives from the beginning. */
function collect(store: CatalogStore | undefined) {
  const changes = store?.watch({ since: 0 })
  return {
    async take(count: number): Promise<readonly unknown[]> {
      const taken: unknown[] = []
      while (taken.length < count) taken.push((await changes?.next())?.value)
      return taken
    },
    end: async () => void (await changes?.return?.()),
  }
}

/** Another transaction holds the row that every commit locks. */
async function lockHead(tests: Tests, schema: string): Promise<() => Promise<void>> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: tests.server.connectionString })
  await client.connect()
  await client.query(`BEGIN; SELECT FROM ${schema}.head FOR UPDATE`)
  return async () => {
    await client.query('COMMIT')
    await client.end()
  }
}

/** Passes bytes on to the server, and can cut a connection after the server has answered and before the client hears it. */
async function openRelay(path: string) {
  const sockets = new Set<Socket>()
  let wanted: string | undefined
  const state = { cuts: 0 }
  const relay = createServer((client) => {
    const server = connect(path)
    let isToBeCut = false
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        client.destroy()
        server.destroy()
      })
    }
    client.on('data', (bytes) => {
      if (wanted !== undefined && bytes.includes(wanted)) {
        isToBeCut = true
        wanted = undefined
      }
      server.write(bytes)
    })
    server.on('data', (bytes) => {
      if (!isToBeCut) client.write(bytes)
      else {
        state.cuts += 1
        client.destroy()
      }
    })
  }).listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const address = relay.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get cuts() {
      return state.cuts
    },
    cutNextAnswerTo(text: string) {
      wanted = text
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      relay.close()
      await once(relay, 'close')
    },
  }
}
