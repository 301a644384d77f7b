import { Catalog } from '@catalog/core'
import { openPostgresStore } from '@catalog/store-postgres'
import { FakeFiles, fixedClock } from '@catalog/testkit'
import { type CatalogWorld, describeLifecycle } from '@catalog/testkit/private'
import { lacks, scaleRuns, TestDatabase } from '@catalog/testkit/running'
import { afterAll, beforeAll, describe } from 'vitest'

describe.skipIf(lacks('database'))('on PostgreSQL', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await TestDatabase.open({ settings: { fsync: 'off' } })
  })
  afterAll(() => database.close())

  /** The database is a real one; only the model files are made up, so that thousands of them need not be read. */
  async function createWorld(): Promise<CatalogWorld> {
    const { connectionString } = database
    const [clock, files] = [fixedClock(), new FakeFiles()]
    const crashed: { close(): Promise<void> }[] = []
    const schema = database.newSchema()
    return {
      clock,
      files,
      pathOf: (name) => `/models/${name}`,
      async open() {
        // The verifier is one for all, as the files are: it does not stay closed by a program that is opened again.
        files.isClosed = false
        const options = { connectionString, schema, maxConnections: 2, allowUnsafeServer: true, clock }
        const store = await openPostgresStore(options)
        return new Catalog({ store, verifier: files, files, volumes: files.volumes, clock, node: 'n' })
      },
      // It says and writes nothing more while the others go on, as a stopped process does not.
      crash: async (catalog) => {
        crashed.push(catalog)
      },
      dispose: async () => {
        for (const catalog of crashed) await catalog.close()
      },
    }
  }

  describeLifecycle({ createWorld, runs: scaleRuns(10) })
})
