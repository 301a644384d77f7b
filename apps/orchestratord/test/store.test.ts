import { lacks, PostgresServer } from '@catalog/testkit/running'
import { openCatalog } from 'model-catalog'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseOptions } from '../src/options.ts'
import { MODELS, useOwnService } from './world.ts'

it.each<[args: string[], env: object, store: string | undefined]>([
  [[], {}, undefined],
  [['--store', 'postgres://a/b'], { CATALOG_STORE: 'postgres://a/c' }, 'postgres://a/b'],
  [[], { ORCHESTRATORD_STORE: 'postgres://a/b', CATALOG_STORE: 'postgres://a/c' }, 'postgres://a/b'],
  [[], { CATALOG_STORE: 'postgres://a/b' }, 'postgres://a/b'],
  [['--store', 'fs'], { CATALOG_STORE: 'postgres://a/b' }, undefined],
])('%j with %j opens the store %s', (args, env, store) => {
  expect(parseOptions(args, { ...env }).store).toBe(store)
})

describe.skipIf(lacks('postgres'))('with a catalog in a database', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await PostgresServer.start()
  })
  afterAll(() => server.stop())

  it('--store serves the models that other machines registered', async () => {
    const store = server.connectionString
    const service = await useOwnService(undefined, '--store', store)
    expect((await service.send('POST', MODELS, { id: 'm', source: 'hf:o/m' })).status).toBe(201)
    await using catalog = await openCatalog({ root: service.root, store })
    expect(await catalog.get('m')).toMatchObject({ id: 'm' })
    await catalog.register({ id: 'n', source: 'hf:o/n' })
    expect((await service.send('GET', `${MODELS}/n`)).status).toBe(200)
  })

  it('a database that is away is answered with 503', async () => {
    const away = await PostgresServer.start()
    const service = await useOwnService(undefined, '--store', away.connectionString)
    expect((await service.send('GET', MODELS)).status).toBe(200)
    await away.stop()
    expect((await service.send('GET', MODELS)).status).toBe(503)
  }, 60_000)
})
