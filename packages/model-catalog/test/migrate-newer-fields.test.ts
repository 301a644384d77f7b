import { openFileStore } from '@catalog/store-fs'
import { openPostgresStore } from '@catalog/store-postgres'
import { useTemporaryDirectory } from '@catalog/testkit'
import { lacks, PostgresServer } from '@catalog/testkit/running'
import type { CatalogStore } from '@catalog/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateCatalog } from '../src/index.ts'
import { createNewerCatalog } from './newer-catalog.ts'

const directory = useTemporaryDirectory()

const settings = {
  revision: 1,
  policy: { maxEvidenceAgeMs: 1000 },
  volumes: {
    v1: { lastSeen: expect.any(String), node: 'n1' },
    v2: { lastSeen: expect.any(String), node: 'n2' },
  },
  extra: { quota: [1, null], policy: { new_rule: { limit: 3 } }, volumes: { v1: { health: 'good' } } },
}
const changes = [
  { operation: 'register' },
  {
    ...{ operation: 'verify', actor: 'ann', revision: 2, verification: { outcome: 'success' } },
    entry: { name: 'two', extra: { colour: { rgb: [1, 2] } }, leases: [{ extra: { priority: 'high' } }] },
    extra: { request: { id: 'r-1' }, changes: [{ hint: 'x' }], verification: { engine: 'fast' } },
  },
  {
    ...{ operation: 'verify', isUnchanged: true, revision: 2 },
    extra: { trace: 'abc', verification: { tries: 3 } },
  },
]

async function expectAll(store: CatalogStore): Promise<void> {
  expect(await store.settings()).toEqual(settings)
  expect(await store.changes(0)).toMatchObject(changes)
  expect(await store.verifyHistory()).toMatchObject({ ok: true })
}

describe.skipIf(lacks('postgres'))('what a newer version wrote', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await PostgresServer.start()
  })
  afterAll(() => server.stop())

  it('is the same after a migration to PostgreSQL and back, and stays when settings are changed', async () => {
    const [files, back] = [directory.at('files'), directory.at('back')]
    const store = `${server.connectionString}?schema=newer`
    await createNewerCatalog(files)
    const original = await openFileStore({ root: files, readOnly: true })
    await expectAll(original)
    await original.close()
    await migrateCatalog({ from: files, to: store })
    await migrateCatalog({ from: store, to: back })
    const { connectionString } = server
    for (const copy of [
      await openPostgresStore({ connectionString, schema: 'newer' }),
      await openFileStore({ root: back }),
    ]) {
      await expectAll(copy)
      const { revision, ...present } = await copy.settings()
      const changed = { ...present, policy: { maxEvidenceAgeMs: 7 } }
      expect(await copy.changeSettings({ ifRevision: revision, settings: changed })).toMatchObject({
        applied: true,
        settings: { policy: { maxEvidenceAgeMs: 7 }, extra: settings.extra },
      })
      expect((await copy.settings()).extra).toEqual(settings.extra)
      await copy.close()
    }
  })
})
