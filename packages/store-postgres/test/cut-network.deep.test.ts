import { lacks, PostgresServer } from '@catalog/testkit/running'
import { type CatalogStore, isCatalogError, parseModelId } from '@catalog/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgresStore } from '../src/postgres-store.ts'
import { type Cut, createNetwork, type Network } from './network.ts'
import { startProgram } from './run-program.ts'
import { collect, eventually, registrationOf } from './writers.ts'

const TIMEOUT_MS = 2000
/** What a call may take beyond its time on a machine that is ten times slower. Without a limit it would be a quarter of an hour. */
const LATE_MS = 20_000
const CUTS: readonly Cut[] = ['to the server', 'to the clients', 'link down']

describe.skipIf(lacks('postgres', 'network-namespaces'))(
  'a network that is cut in the middle of commits',
  () => {
    let network: Network | undefined
    let server: PostgresServer | undefined
    beforeAll(async () => {
      network = await createNetwork()
      server = await PostgresServer.start({
        network: { namespace: network.namespace, address: network.server, clients: `${network.clients}/32` },
      })
    })
    afterAll(async () => {
      await server?.stop()
      await network?.remove()
    })
    const parts = () => {
      if (network === undefined || server === undefined)
        throw new Error('the network exists only while tests run')
      const far = `postgresql://catalog@${network.server}:5432/catalog`
      return { network, far, near: server.connectionString }
    }

    it.each(CUTS)('ends each call in its time, and all goes on after it (%s)', async (where) => {
      const { network, far, near } = parts()
      const schema = `catalog_${CUTS.indexOf(where)}`
      // The first one is beside the server, where the cut is not noticed.
      const beside = await openPostgresStore({ connectionString: near, schema })
      const store = await openPostgresStore({ connectionString: far, schema, timeoutMs: TIMEOUT_MS })
      const watched = collect(store)
      const calls = startCallers(store)
      await calls.until(() => calls.acknowledged.length >= 20)
      await network.cut(where)
      await calls.until(() => calls.failed.length >= 4)
      const reading = await settle(store.get(parseModelId('a')))
      expect(reading.error).toMatchObject({ code: 'UNAVAILABLE' })
      // The watch is told of these by a connection that is dead.
      for (const name of ['x', 'y', 'z']) await beside.commit([registrationOf(name)])
      await network.restore()
      const before = calls.acknowledged.length
      await calls.until(() => calls.acknowledged.length >= before + 20)
      await calls.end()

      const changes = await eventually(() => store.changes(0))
      expect(changes.map(({ position }) => position)).toEqual(changes.map((_, index) => index + 1))
      const ids = changes.map(({ id }) => String(id))
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).toEqual(expect.arrayContaining([...calls.acknowledged, 'x', 'y', 'z']))
      // What happened is what was said: with `none` nothing, with `unknown` perhaps.
      const unknown = calls.failed.filter(({ outcome }) => outcome === 'unknown').map(({ name }) => name)
      expect(unknown.length).toBeGreaterThan(0)
      const applied = ids.filter((id) => unknown.includes(id))
      expect(ids).toHaveLength(calls.acknowledged.length + 3 + applied.length)
      for (const { error, ms } of [...calls.failed, reading]) {
        expect(error).toMatchObject({ code: 'UNAVAILABLE' })
        expect(ms).toBeLessThan(TIMEOUT_MS + LATE_MS)
      }
      expect(await watched.take(changes.length)).toEqual(changes)
      await watched.end()
      await store.close()
      await beside.close()
      console.log(
        `network cut (${where}): ${calls.acknowledged.length} acknowledged, 0 lost, 0 twice; ${calls.failed.length} UNAVAILABLE, ${unknown.length} of them unknown, ${applied.length} of these applied; the watch gave ${changes.length} in order`,
      )
    })

    it('does not keep a process that closes its store', async () => {
      const { network, far } = parts()
      const program = await startProgram('closer', [far, 'catalog_closed', String(TIMEOUT_MS)])
      await program.untilLines(1)
      await network.cut('link down')
      program.process.stdin?.write('\n')
      expect(await program.ended).toBe(0)
      await network.restore()
    })
  },
)

interface FailedCall {
  readonly name: string
  readonly error: unknown
  readonly outcome: unknown
  readonly ms: number
}

/** Four callers that go on with the next model whatever became of the last one. */
function startCallers(store: CatalogStore) {
  const acknowledged: string[] = []
  const failed: FailedCall[] = []
  const waiting = new Set<() => void>()
  let isOver = false
  const call = async (name: string): Promise<void> => {
    const { value, error, ms } = await settle(store.commit([registrationOf(name)]))
    if (value === undefined) {
      const outcome = isCatalogError(error, 'UNAVAILABLE') ? error.details.outcome : undefined
      failed.push({ name, error, outcome, ms })
    } else {
      expect(value).toMatchObject([{ applied: true }])
      acknowledged.push(name)
    }
    for (const wake of waiting) wake()
  }
  const write = async (caller: number): Promise<void> => {
    for (let count = 0; !isOver; count += 1) await call(`c${caller}-${count}`)
  }
  const writing = Promise.all([0, 1, 2, 3].map(write))
  writing.catch(() => undefined)
  return {
    ...{ acknowledged, failed },
    async until(isReached: () => boolean): Promise<void> {
      while (!isReached()) {
        const more = new Promise<void>((resolve) => waiting.add(resolve))
        await Promise.race([more, writing])
        waiting.clear()
      }
    },
    async end(): Promise<void> {
      isOver = true
      await writing
    },
  }
}

/** How a call ended, and how long it took. */
async function settle<T>(promise: Promise<T>): Promise<{ value?: T; error?: unknown; ms: number }> {
  const start = performance.now()
  try {
    const value = await promise
    return { value, ms: performance.now() - start }
  } catch (error) {
    return { error, ms: performance.now() - start }
  }
}
