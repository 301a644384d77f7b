import { createMemoryBacking, FakeFiles, fixedClock } from '@catalog/testkit'
import { type CatalogWorld, describeLifecycle } from '@catalog/testkit/private'
import { scaleRuns } from '@catalog/testkit/running'
import { openTestCatalog } from './test-catalog.ts'

async function createWorld(): Promise<CatalogWorld> {
  const options = { backing: createMemoryBacking(), clock: fixedClock(), files: new FakeFiles() }
  return {
    ...options,
    pathOf: (name) => `/models/${name}`,
    async open() {
      // The verifier is one for all, as the files are: it does not stay closed by a program that is opened again.
      options.files.isClosed = false
      return (await openTestCatalog(options)).catalog
    },
    crash: async () => {},
    dispose: async () => {},
  }
}

describeLifecycle({ createWorld, runs: scaleRuns(100) })
