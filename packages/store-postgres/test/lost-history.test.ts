import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { useDatabase } from './use-server.ts'
import { type Collected, collect, registrationOf } from './writers.ts'

/** How a watch hears of it: told, or by looking. */
const WAYS = [{}, { listen: false, pollMs: 20 }] as const

describe.skipIf(lacks('database'))('a history that was replaced by an older copy', () => {
  const tests = useDatabase()

  it.each(WAYS)('ends a watch that has seen more (%j)', async (options) => {
    const { store, watch, restore } = await watchTwo([], options)
    const end = expectLost(watch)
    await restore()
    await end
    await store.close()
  })

  it.each(WAYS)('ends a watch that has seen as much, but other changes (%j)', async (options) => {
    const { store, watch, restore } = await watchTwo(['x'], options)
    const end = expectLost(watch)
    await restore()
    await end
    await store.close()
  })

  it.each(WAYS)('ends a watch that has seen less, but other changes (%j)', async (options) => {
    const { store, watch, restore } = await watchTwo(['x', 'y', 'z'], options)
    await restore()
    await expectLost(watch)
    await store.close()
  })

  it('does not end a watch that has seen nothing that is missing', async () => {
    const { store, restore } = await watchTwo(['x'])
    const watch = store.watch({ since: 1 })
    await restore()
    expect(await watch.next()).toMatchObject({ value: { id: 'x', position: 2 } })
    await watch.return?.()
    await store.close()
  })

  it('is before the position that a caller has kept, which is INVALID_INPUT', async () => {
    const { store, restore } = await watchTwo([])
    const since = await store.refresh()
    await restore()
    await expect(store.watch({ since }).next()).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'since', problem: 'is after 1, where the history ends' }] },
    })
    await store.close()
  })

  /** A store whose watch has seen `a` and `b`, and what puts another history in its place at once: `a`, and then others. */
  async function watchTwo(others: readonly string[], options: (typeof WAYS)[number] = {}) {
    const schema = tests.newSchema()
    const store = await tests.open(schema, options)
    const run = (sql: string): Promise<unknown> => tests.sql(sql.replaceAll('SCHEMA', schema))
    await store.commit([registrationOf('a')])
    await run(copyAs('common'))
    for (const name of others) await store.commit([registrationOf(name)])
    await run(copyAs('other'))
    await run(restoreFrom('common'))
    await store.commit([registrationOf('b')])
    const watch = collect(store)
    await watch.take(2)
    return { store, watch, restore: () => run(restoreFrom('other')) }
  }
})

async function expectLost(watch: Collected): Promise<void> {
  await expect(watch.next()).rejects.toMatchObject({ code: 'CATALOG_REPLACED' })
  await watch.end()
}

const TABLES = ['head', 'history', 'changed', 'entries', 'writers']
const copyAs = (copy: string): string =>
  TABLES.map((name) => `CREATE TABLE SCHEMA.${name}_${copy} AS TABLE SCHEMA.${name};`).join('\n')
const restoreFrom = (copy: string): string =>
  TABLES.map(
    (name) => `DELETE FROM SCHEMA.${name}; INSERT INTO SCHEMA.${name} TABLE SCHEMA.${name}_${copy};`,
  ).join('\n')
