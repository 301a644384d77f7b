import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { fixedClock, openMemoryStore } from '@catalog/testkit'
import { bundleProgram, lacks, PostgresServer, TestDatabase } from '@catalog/testkit/running'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CatalogError, type OpenCatalogOptions, openCatalog } from '../src/index.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'catalog-store-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const OF_FILES: readonly OpenCatalogOptions[] = [
  { intactPrefix: true, readOnly: true },
  { onlyWriter: true },
  { onRecovery: () => undefined },
  { onStaleView: () => undefined },
]

it.each(OF_FILES)('an option of the files is refused together with a store: %o', async (options) => {
  const [field] = Object.keys(options)
  const problems = [{ field, problem: expect.stringContaining('together with store') }]
  for (const store of ['postgres://127.0.0.1:1/models', await openMemoryStore()]) {
    const opening = openCatalog({ root, store, ...options })
    await expect(opening).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { problems } })
  }
})

it.each([{}, 3, '', null, 'file:///models', 'postgres//models'])('store is not %o', async (store) => {
  const options = { root, store } as OpenCatalogOptions
  await expect(openCatalog(options)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

it('a store that is open is used as it is, and closed with the catalog', async () => {
  const store = await openMemoryStore()
  await expect(openCatalog({ root, store, create: false })).rejects.toThrow('store that is open')
  const catalog = await openCatalog({ root, store })
  await catalog.register({ id: 'a', source: 'hf:org/repo/a.gguf' })
  expect(await store.refresh()).toBe(1)
  await catalog.close()
  await expect(store.refresh()).rejects.toMatchObject({ code: 'CLOSED' })
})

it('without the package of the database, files work, and the error says what to install', async () => {
  const { node, path } = await bundleProgram(new URL('open-without-adapter.ts', import.meta.url), [
    '@catalog/store-postgres',
  ])
  const printed = execFileSync(node, [path], { cwd: root, encoding: 'utf8' })
  expect(printed).toContain('npm install @catalog/store-postgres')
  expect(printed).toContain('files open')
  expect(printed).not.toContain('secret')
})

describe.skipIf(lacks('database'))('a catalog in PostgreSQL', () => {
  let database: TestDatabase
  let store: string
  beforeAll(async () => {
    database = await TestDatabase.open()
  })
  afterAll(() => database.close())
  beforeEach(() => {
    store = database.newStore()
  })

  it('is shared by machines, each with its own root', async () => {
    const clock = fixedClock()
    const one = await openCatalog({ root: join(root, 'one'), store, node: 'one', clock })
    const other = await openCatalog({ root: join(root, 'other'), store, node: 'other', clock })
    await one.register({ id: 'a', source: 'hf:org/repo/a.gguf' })
    expect(await other.get('a')).toMatchObject({ id: 'a', state: 'Pending' })
    expect((await other.history.of('a'))[0]?.at).toBe(clock.now().toISOString())
    await Promise.all([one.close(), other.close()])
  })

  it('has the files of this machine in the root, which is created', async () => {
    const models = join(root, 'new', 'models')
    const catalog = await openCatalog({ root: models, store, node: 'one' })
    await catalog.register({ id: 'a', source: 'hf:org/repo/a.gguf' })
    const path = await catalog.modelPath('a')
    expect(path.startsWith(models)).toBe(true)
    writeFileSync(path, Buffer.from('GGUF\x03'.padEnd(24, '\0'), 'latin1'))
    await catalog.verify('a')
    expect((await catalog.resolve('a')).path).toBe(path)
    await catalog.close()
    const again = await openCatalog({ root: models, store, node: 'one', readOnly: true })
    expect((await again.resolve('a')).path).toBe(path)
    await expect(again.remove('a')).rejects.toMatchObject({ code: 'READ_ONLY' })
    await again.close()
  })

  it('is not created with create: false or readOnly', async () => {
    for (const how of [{ create: false }, { readOnly: true }]) {
      await expect(openCatalog({ root, store, ...how })).rejects.toMatchObject({ code: 'CATALOG_MISSING' })
    }
    await (await openCatalog({ root, store })).close()
    await (await openCatalog({ root, store, create: false })).close()
  })
})

it.skipIf(lacks('postgres'))(
  'a role that the server does not know is refused, with an error without the password',
  async () => {
    const server = await PostgresServer.start()
    const url = server.urlOf('stranger').replace('stranger@', 'stranger:secret@')
    const error = await openCatalog({ root, store: url }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CatalogError)
    expect(error).toMatchObject({ code: 'IO' })
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('secret')
    await server.stop()
  },
)
