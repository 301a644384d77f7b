import { rm, writeFile } from 'node:fs/promises'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks, PostgresServer, TestDatabase } from '@catalog/testkit/running'
import { openCatalog } from 'model-catalog'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parseOptions } from '../src/options.ts'
import { modelCopiesPageSchema, modelCopiesSchema } from '../src/schemas/answers.ts'
import { MODELS, makeRoot, useOwnService } from './world.ts'

it.each<[args: string[], env: object, store: string | undefined]>([
  [[], {}, undefined],
  [['--store', 'postgres://a/b'], { CATALOG_STORE: 'postgres://a/c' }, 'postgres://a/b'],
  [[], { ORCHESTRATORD_STORE: 'postgres://a/b', CATALOG_STORE: 'postgres://a/c' }, 'postgres://a/b'],
  [[], { CATALOG_STORE: 'postgres://a/b' }, 'postgres://a/b'],
  [['--store', 'fs'], { CATALOG_STORE: 'postgres://a/b' }, undefined],
])('%j with %j opens the store %s', (args, env, store) => {
  expect(parseOptions(args, { ...env })).toMatchObject({ store })
})

describe.skipIf(lacks('database'))('with a catalog in a database', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await TestDatabase.open()
  })
  afterAll(() => database.close())

  it('--store serves the models that other machines registered', async () => {
    const store = database.newStore()
    const service = await useOwnService(undefined, '--store', store)
    expect((await service.send('POST', MODELS, { id: 'm', source: 'hf:o/m' })).status).toBe(201)
    await using catalog = await openCatalog({ root: service.root, store })
    expect(await catalog.get('m')).toMatchObject({ id: 'm' })
    await catalog.register({ id: 'n', source: 'hf:o/n' })
    expect((await service.send('GET', `${MODELS}/n`)).status).toBe(200)
  })

  it('tells which machines have a verified copy of each model, and shows no path of theirs', async () => {
    const store = database.newStore()
    const service = await useOwnService(undefined, '--store', store)
    const root = await makeRoot()
    onTestFinished(() => rm(root, { recursive: true }))
    await using here = await openCatalog({ root: service.root, store })
    await using elsewhere = await openCatalog({ root, store, node: 'elsewhere' })
    for (const id of ['m', 'n']) await here.register({ id, source: `hf:o/${id}` })
    for (const [catalog, id] of [
      [elsewhere, 'm'],
      [here, 'm'],
      [elsewhere, 'n'],
    ] as const) {
      await writeFile(await catalog.modelPath(id), sampleGguf(id))
      await catalog.verify(id)
    }
    const one = await service.send('GET', `${MODELS}/m/copies`)
    expect(one.status).toBe(200)
    const { copies } = modelCopiesSchema.parse(one.body)
    const told = (await here.fleet.copies('m')).map(({ key: _key, ...copy }) => copy)
    expect(copies).toEqual(told)
    expect(copies.map(({ node, isHere }) => [node === 'elsewhere', isHere])).toEqual([
      [false, true],
      [true, false],
    ])
    const first = await service.send('GET', '/v2/catalog/copies?limit=1')
    expect(modelCopiesPageSchema.parse(first.body)).toEqual({ models: [one.body], next: 'm' })
    const { body } = await service.send('GET', '/v2/catalog/copies?limit=1&after=m')
    expect(modelCopiesPageSchema.parse(body).models).toMatchObject([
      { id: 'n', state: 'Active', copies: [{ node: 'elsewhere', isHere: false, isCounted: true }] },
    ])
    for (const directory of [root, service.root]) {
      expect(JSON.stringify([one.body, first.body, body])).not.toContain(directory)
    }
    expect((await service.send('GET', `${MODELS}/other/copies`)).status).toBe(404)
  })
})

it.skipIf(lacks('postgres'))(
  'a database that is away is answered with 503',
  async () => {
    const away = await PostgresServer.start()
    const service = await useOwnService(undefined, '--store', away.connectionString)
    expect((await service.send('GET', MODELS)).status).toBe(200)
    await away.stop()
    expect((await service.send('GET', MODELS)).status).toBe(503)
  },
  60_000,
)
