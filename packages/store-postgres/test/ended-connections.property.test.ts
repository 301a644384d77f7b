import { createRandom, lacks, scaleRuns, seedOfRun } from '@catalog/testkit/running'
import type { CatalogStore } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { openRelay } from './relay.ts'
import { useServer } from './use-server.ts'
import { collect, expectEach, startWriters } from './writers.ts'

/** Every backend of the stores is ended, wherever its statement is. Returns how many of them were at work on a commit. */
const TERMINATE = `SELECT count(*) FILTER (WHERE is_at_work AND pg_terminate_backend)::int AS at_work FROM (
  SELECT state = 'active' AND query LIKE '%commit_change%' AS is_at_work, pg_terminate_backend(pid)
  FROM pg_stat_activity WHERE application_name = 'model-catalog') AS ended`

describe.skipIf(lacks('postgres'))('connections that end in the middle of commits', () => {
  const tests = useServer({ settings: {} })

  it('lose no acknowledged commit and apply none twice if the server ends them, and a watch gives each once', async () => {
    const schema = tests.newSchema()
    const stores = [await tests.open(schema), await tests.open(schema)] as const
    const ended = await interfere(schema, stores, async () => {
      const [row] = await tests.sql(TERMINATE)
      return Number(row?.['at_work'])
    })
    console.log(`backends ended in the middle of a commit: ${ended}, 0 lost, 0 twice`)
  })

  it('lose no acknowledged commit and apply none twice if they are cut, and a watch gives each once', async () => {
    const schema = tests.newSchema()
    const relay = await openRelay(tests.server.socketDirectory)
    const connectionString = `postgresql://catalog@127.0.0.1:${relay.port}/catalog`
    const open = (): Promise<CatalogStore> => tests.open(schema, { connectionString })
    const stores = [await open(), await open()] as const
    const cut = await interfere(schema, stores, async (underWay) => {
      relay.cutAll()
      return underWay
    })
    await relay.close()
    console.log(`connections cut in the middle of a commit: ${cut}, 0 lost, 0 twice`)
  })

  /** Ends connections at random moments until so many commits were under way on them. */
  async function interfere(
    schema: string,
    stores: readonly [CatalogStore, CatalogStore],
    end: (underWay: number) => Promise<number>,
  ): Promise<string> {
    const runs = scaleRuns(25)
    const random = createRandom(seedOfRun())
    const watched = collect(stores[0])
    const writers = startWriters(stores, 'w')
    let hits = 0
    while (hits < runs) {
      await writers.untilMore(tests, schema, Math.floor(random() * 3) + 1)
      hits += await end(writers.underWay)
    }
    const acknowledged = await writers.end()
    expect(acknowledged.length).toBeGreaterThan(0)
    await expectEach(stores[1], acknowledged)
    const changes = await stores[1].changes(0)
    expect(await watched.take(changes.length)).toEqual(changes)
    await watched.end()
    for (const store of stores) await store.close()
    return `${hits}, ${acknowledged.length} acknowledged`
  }
})
