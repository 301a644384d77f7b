import { sampleEntry } from '@catalog/testkit'
import { lacks } from '@catalog/testkit/running'
import type { CatalogCopy, CopiedRecord, ModelId, StoredSettings } from '@catalog/types'
import { TotalsTally } from '@catalog/types/adapter'
import { describe, expect, it } from 'vitest'
import { openPostgresCopy } from '../src/open-postgres-copy.ts'
import { openRelay } from './relay.ts'
import { useServer } from './use-server.ts'
import { registrationOf } from './writers.ts'

const SETTINGS: StoredSettings = { revision: 1, policy: { silentAfterMs: 5 }, volumes: {} }
const OTHERS: StoredSettings = { revision: 7, policy: { silentAfterMs: 9 }, volumes: {} }

/** Records of one registration each. */
function recordsFrom(first: number, count: number): readonly CopiedRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const position = first + index
    const at = new Date(Date.UTC(2026, 0, position)).toISOString()
    const id = `m-${position}` as ModelId
    const entry = { ...sampleEntry({ id }), revision: 1 }
    return { position, at, changes: [{ position, at, operation: 'register', id, revision: 1, entry }] }
  })
}

async function makeFinished(copy: CatalogCopy): Promise<void> {
  const totals = new TotalsTally(0)
  await copy.begin({ position: 0, entries: [], removed: [], settings: SETTINGS, totals: totals.read(0) })
  await copy.append(recordsFrom(1, 2), SETTINGS)
  await copy.complete(SETTINGS, totals.read(2))
  await copy.finish()
  await copy.close()
}

describe.skipIf(lacks('postgres'))('a copy in PostgreSQL', () => {
  const tests = useServer({ settings: {} })

  it.each([1, 2, 3])(
    'leaves a catalog in use that a program has changed since it was opened, by as many positions as %i',
    async (changes) => {
      const schema = tests.newSchema()
      const { connectionString } = tests
      await makeFinished(await openPostgresCopy({ connectionString, schema }))
      const copy = await openPostgresCopy({ connectionString, schema })
      expect(copy.state).toBe('finished')
      const store = await tests.open(schema)
      for (let number = 1; number <= changes; number += 1)
        await store.commit([registrationOf(`own-${number}`)])
      // As many as the batch has would look like the batch itself, sent again.
      const appending = copy.append(recordsFrom(3, 2), OTHERS)
      await expect(appending).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
      await copy.close()
      await store.close()
      const again = await tests.open(schema)
      expect(await again.list({})).toHaveLength(2 + changes)
      expect(await again.settings()).toEqual(SETTINGS)
      await again.close()
    },
  )

  it('writes a batch once if the answer to it was cut off', async () => {
    const schema = tests.newSchema()
    await makeFinished(await openPostgresCopy({ connectionString: tests.connectionString, schema }))
    const relay = await openRelay(tests.server.socketDirectory)
    const connectionString = `postgresql://catalog@127.0.0.1:${relay.port}/catalog`
    const copy = await openPostgresCopy({ connectionString, schema })
    relay.cutNextAnswerTo('COMMIT')
    await copy.append(recordsFrom(3, 2), SETTINGS)
    expect(relay.cuts).toBe(1)
    expect(await (await copy.read()).refresh()).toBe(4)
    await copy.close()
    await relay.close()
  })
})
