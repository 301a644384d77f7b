import { sampleEntry } from '@catalog/testkit'
import { registrationRecords } from '@catalog/testkit/private'
import { lacks } from '@catalog/testkit/running'
import type { CatalogBeginning, CatalogCopy, StoredSettings } from '@catalog/types'
import { TotalsTally } from '@catalog/types/adapter'
import { describe, expect, it } from 'vitest'
import { openPostgresCopy } from '../src/open-postgres-copy.ts'
import { openRelay } from './relay.ts'
import { useServer } from './use-server.ts'
import { registrationOf } from './writers.ts'

const SETTINGS: StoredSettings = { revision: 1, policy: { silentAfterMs: 5 }, volumes: {} }
const OTHERS: StoredSettings = { revision: 7, policy: { silentAfterMs: 9 }, volumes: {} }

function beginningAt(position: number, count: number): CatalogBeginning {
  const entries = Array.from({ length: count }, (_, n) => ({
    ...sampleEntry({ id: `old-${n}` }),
    revision: 3,
  }))
  return { position, entries, removed: [], settings: SETTINGS, totals: new TotalsTally(0).read(position) }
}

async function makeFinished(copy: CatalogCopy): Promise<void> {
  await copy.begin(beginningAt(0, 0))
  await copy.append(registrationRecords(1, 2), SETTINGS)
  await finish(copy, 2)
  await copy.close()
}

async function finish(copy: CatalogCopy, position: number): Promise<void> {
  await copy.complete(SETTINGS, new TotalsTally(0).read(position))
  await copy.finish()
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
      const appending = copy.append(registrationRecords(3, 2), OTHERS)
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
    await copy.append(registrationRecords(3, 2), SETTINGS)
    expect(relay.cuts).toBe(1)
    expect(await (await copy.read()).refresh()).toBe(4)
    await copy.close()
    await relay.close()
  })

  it('is whole if another one writes its beginning at the same time: the other one ends', async () => {
    const { connectionString } = tests
    for (let run = 0; run < 5; run += 1) {
      const schema = tests.newSchema()
      const copies = await Promise.all([1, 2].map(() => openPostgresCopy({ connectionString, schema })))
      // The other one begins as this one has written half of it.
      const working = copies.map(async (copy, index) => {
        if (index > 0) await new Promise((resolve) => setTimeout(resolve, 10 * run))
        await copy.begin(beginningAt(9, 2000))
        await copy.append(registrationRecords(10, 2), SETTINGS)
        await finish(copy, 11)
      })
      const results = await Promise.allSettled(working)
      await Promise.all(copies.map((copy) => copy.close()))
      const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
      expect(failed, `run ${run}`).toEqual([expect.objectContaining({ name: 'CatalogError' })])
      expect(['CATALOG_REPLACED', 'UNSUPPORTED_FORMAT']).toContain(failed[0]?.code)
      const store = await tests.open(schema)
      expect([await store.count({}), await store.refresh()]).toEqual([2002, 11])
      expect(await store.verifyHistory()).toMatchObject({ ok: true, from: 9, to: 11 })
      await store.close()
    }
  })

  it('begins once if the answer to its first step was cut off', async () => {
    const schema = tests.newSchema()
    const relay = await openRelay(tests.server.socketDirectory)
    const connectionString = `postgresql://catalog@127.0.0.1:${relay.port}/catalog`
    await (await tests.open(schema)).close()
    const copy = await openPostgresCopy({ connectionString, schema })
    expect(copy.state).toBe('empty')
    relay.cutNextAnswerTo('COMMIT')
    await copy.begin(beginningAt(9, 1))
    expect(relay.cuts).toBe(1)
    await finish(copy, 9)
    await copy.close()
    await relay.close()
    const store = await tests.open(schema)
    expect([await store.count({}), await store.refresh()]).toEqual([1, 9])
    await store.close()
  })

  it('is not opened to programs if another one has gone on to it since it was complete', async () => {
    const schema = tests.newSchema()
    const { connectionString } = tests
    const copy = await openPostgresCopy({ connectionString, schema })
    await copy.begin(beginningAt(0, 0))
    await copy.append(registrationRecords(1, 2), SETTINGS)
    await copy.complete(SETTINGS, new TotalsTally(0).read(2))
    const other = await openPostgresCopy({ connectionString, schema })
    await other.append(registrationRecords(3, 1), SETTINGS)
    await expect(copy.finish()).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
    await copy.close()
    await expect(tests.open(schema)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
    const target = await other.read()
    const third = await openPostgresCopy({ connectionString, schema })
    await finish(third, 3)
    await third.close()
    await expect(target.refresh()).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
    await other.close()
    const store = await tests.open(schema)
    expect(await store.counts()).toMatchObject({ Pending: 3 })
    const next = await openPostgresCopy({ connectionString, schema })
    await next.append(registrationRecords(4, 1), SETTINGS)
    await expect(store.refresh()).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      details: { found: 'an unfinished copy' },
    })
    await Promise.all([next.close(), store.close()])
  })
})
