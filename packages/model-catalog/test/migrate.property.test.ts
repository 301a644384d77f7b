import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFileStore } from '@catalog/store-fs'
import { openPostgresStore } from '@catalog/store-postgres'
import { fixedClock } from '@catalog/testkit'
import { lacks, PostgresServer, scaleRuns } from '@catalog/testkit/running'
import type { CatalogStore } from '@catalog/types'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateCatalog } from '../src/index.ts'
import { play, steps } from './random-history.ts'

/** All that a store answers, as one value. */
async function readAll(store: CatalogStore, from: number): Promise<object> {
  const { operations, verifications, verifiedBytes } = await store.totals()
  const changes = await store.changes(from)
  const removed = (await store.removed()).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return {
    ...{ changes, removed, operations, verifications, verifiedBytes },
    models: await store.list({}),
    counts: await store.counts(),
    settings: await store.settings(),
    position: await store.refresh(),
  }
}

describe.skipIf(lacks('postgres'))('a random history', () => {
  let server: PostgresServer
  let schemas = 0
  beforeAll(async () => {
    server = await PostgresServer.start()
  })
  afterAll(() => server.stop())

  it('migrated to PostgreSQL and back gives the same answers in all three', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (history, isFirstInFiles) => {
        const directory = mkdtempSync(join(tmpdir(), 'catalog-migrate-'))
        schemas += 1
        const [files, again] = [join(directory, 'files'), join(directory, 'again')]
        const clock = fixedClock()
        const openFiles = (root: string): Promise<CatalogStore> =>
          openFileStore({ root, clock, segmentBytes: 2000 })
        const urlOf = (name: string): string => `${server.connectionString}?schema=${name}_${schemas}`
        const openTables = (name: string): Promise<CatalogStore> =>
          openPostgresStore({
            ...{ connectionString: server.connectionString, schema: `${name}_${schemas}`, clock },
            ...{ maxConnections: 2, segmentLength: 5 },
          })
        try {
          const places = isFirstInFiles ? [files, urlOf('one'), again] : [urlOf('one'), files, urlOf('two')]
          const [first = '', second = '', third = ''] = places
          const open = (place: string): Promise<CatalogStore> =>
            place.startsWith('/') ? openFiles(place) : openTables(place.includes('one_') ? 'one' : 'two')
          await play(() => open(first), clock, history)
          const moved = await migrateCatalog({ from: first, to: second })
          expect(moved.isComplete).toBe(true)
          await migrateCatalog({ from: second, to: third })
          expect(await migrateCatalog({ from: second, to: third })).toMatchObject({ copied: 0 })
          const stores = await Promise.all(places.map(open))
          const reports = await Promise.all(stores.map((store) => store.verifyHistory()))
          expect(reports.map(({ ok }) => ok)).toEqual([true, true, true])
          const from = Math.max(...reports.map((report) => report.from))
          const [one, two, three] = await Promise.all(stores.map((store) => readAll(store, from)))
          expect(two).toEqual(one)
          expect(three).toEqual(one)
          await Promise.all(stores.map((store) => store.close()))
        } finally {
          rmSync(directory, { recursive: true, force: true })
        }
      }),
      { numRuns: scaleRuns(8) },
    )
  }, 300_000)
})
