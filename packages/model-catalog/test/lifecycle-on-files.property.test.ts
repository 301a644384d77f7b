import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Catalog } from '@catalog/core'
import { openFileStore } from '@catalog/store-fs'
import { FakeFiles, fixedClock } from '@catalog/testkit'
import { type CatalogWorld, describeLifecycle } from '@catalog/testkit/private'
import { scaleRuns } from '@catalog/testkit/running'

/** The journal is a real one; only the model files are made up, so that thousands of them need not be read. */
async function createWorld(): Promise<CatalogWorld> {
  const root = mkdtempSync(join(tmpdir(), 'catalog-lifecycle-'))
  const [clock, files] = [fixedClock(), new FakeFiles()]
  const crashed: { close(): Promise<void> }[] = []
  return {
    clock,
    files,
    pathOf: (name) => `/models/${name}`,
    async open() {
      // The verifier is one for all, as the files are: it does not stay closed by a program that is opened again.
      files.isClosed = false
      const store = await openFileStore({ root, clock })
      return new Catalog({ store, verifier: files, files, volumes: files.volumes, clock, node: 'n' })
    },
    // It says and writes nothing more while the others go on, as a stopped process does not.
    crash: async (catalog) => {
      crashed.push(catalog)
    },
    dispose: async () => {
      for (const catalog of crashed) await catalog.close()
      rmSync(root, { recursive: true })
    },
  }
}

describeLifecycle({ createWorld, runs: scaleRuns(20) })
