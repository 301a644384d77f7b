import { createHash } from 'node:crypto'
import { useTemporaryDirectory } from '@catalog/testkit'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks, TestDatabase } from '@catalog/testkit/running'
import { openCatalog } from 'model-catalog'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseOptions } from '../src/options.ts'
import { FaultySource } from './faulty-source.ts'
import { startProvisioner } from './run-provisioner.ts'

const root = useTemporaryDirectory()

it.each<[args: string[], env: object, store: string | undefined]>([
  [[], {}, undefined],
  [['--store', 'postgres://a/b'], {}, 'postgres://a/b'],
  [[], { CATALOG_STORE: 'postgres://a/b' }, 'postgres://a/b'],
  [['--store', 'fs'], { CATALOG_STORE: 'postgres://a/b' }, undefined],
])('%j with %j opens the store %s', (args, env, store) => {
  expect(parseOptions(['follow', ...args], { ...env })).toMatchObject({ store })
})

describe.skipIf(lacks('database'))('with a catalog in a database', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await TestDatabase.open()
  })
  afterAll(() => database.close())

  it('job downloads into the root of its machine what another machine registered', async () => {
    const store = database.newStore()
    await using source = await FaultySource.start()
    const bytes = sampleGguf('m', { sizeBytes: 256 * 1024 })
    const digest = createHash('sha256').update(bytes).digest('hex')
    await using catalog = await openCatalog({ root: root.at('elsewhere'), store, node: 'elsewhere' })
    await catalog.register({ id: 'm', source: source.put('/m.gguf', bytes), digest })
    const here = root.at('here')
    const job = await startProvisioner(['job', 'm', '--root', here, '--allow-private'], {
      CATALOG_STORE: store,
      CATALOG_NODE: 'here',
    })
    expect([await job.ended, job.stderr()]).toEqual([0, ''])
    await using other = await openCatalog({ root: here, store, node: 'here' })
    expect((await other.resolve('m')).path).toBe(root.at('here/m.gguf'))
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'NOT_USABLE' })
  })
})
