import { lacks, scaleRuns } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { useServer } from './use-server.ts'
import { collect, expectEach, startWriters } from './writers.ts'

/** Kills, of the postmaster and of all processes of the server in turn: each takes some 0.3 s, and `pnpm test:deep` makes ten times as many. */
const KILLS = 20
/** Of a test with so many kills. */
const HANG_MS = 30_000 * scaleRuns(KILLS)

describe.skipIf(lacks('postgres', 'proc'))('a server that is killed in the middle of commits', () => {
  const tests = useServer({ settings: {} })

  it(
    'has lost no acknowledged commit when it is back, and has applied none twice; writers and watches go on',
    async () => {
      const runs = scaleRuns(KILLS)
      const schema = tests.newSchema()
      const patient = { timeoutMs: 120_000 }
      const stores = [await tests.open(schema, patient), await tests.open(schema, patient)] as const
      const watched = collect(stores[0])
      const writers = startWriters(stores, 'k')
      let underWay = 0
      let awayMs = 0
      for (let count = 0; count < runs; count += 1) {
        await writers.untilMore(tests, schema, 3)
        underWay += writers.underWay
        const start = performance.now()
        await tests.server.kill({ isWhole: count % 2 === 1 })
        await tests.server.start()
        awayMs += performance.now() - start
      }
      const acknowledged = await writers.end()
      expect(acknowledged.length).toBeGreaterThan(runs)
      await expectEach(stores[1], acknowledged)
      const changes = await stores[1].changes(0)
      expect(await watched.take(changes.length)).toEqual(changes)
      await watched.end()
      for (const store of stores) await store.close()
      console.log(
        `${runs} kills of the server (${Math.round(awayMs / runs)} ms each until it was back) with ${underWay} calls under way: ${acknowledged.length} acknowledged, 0 lost, 0 twice`,
      )
    },
    HANG_MS,
  )
})
