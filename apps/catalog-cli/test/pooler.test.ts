import { createInterface } from 'node:readline'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks, type Pooler, PostgresServer, startPooler } from '@catalog/testkit/running'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld, parseJson } from './world.ts'

describe.skipIf(lacks('pgbouncer'))('--store with pooler=true, through PgBouncer in transaction mode', () => {
  let server: PostgresServer
  let pooler: Pooler
  beforeAll(async () => {
    server = await PostgresServer.start()
    pooler = await startPooler(server, 2)
  })
  afterAll(async () => {
    await pooler.stop()
    await server.stop()
  })

  it('registers, verifies and resolves a model, while another command watches by looking from time to time', async () => {
    const world = createWorld()
    const store = ['--store', `${pooler.connectionString}?schema=models&pooler=true`] as const
    await world.run('register', 'first', '--source', 'hf:org/first', ...store)
    const watch = world.start('watch', '--json', '--since', '0', ...store)
    const lines = createInterface({ input: watch.stdout })[Symbol.asyncIterator]()
    const nextChange = async (): Promise<unknown> => JSON.parse((await lines.next()).value)
    expect(await nextChange()).toMatchObject({ id: 'first', operation: 'register' })
    await world.run('register', 'm', '--source', 'hf:org/m/m.gguf', ...store)
    expect(await nextChange()).toMatchObject({ id: 'm', operation: 'register' })
    const file = world.write('models/m.gguf', sampleGguf('m'))
    expect(await world.run('verify', 'm', ...store)).toMatchObject({ code: 0 })
    expect(await nextChange()).toMatchObject({ id: 'm', operation: 'verify' })
    expect((await world.run('resolve', 'm', ...store)).stdout).toBe(`${file}\n`)
    expect((await world.run('ls', '--nodes', ...store)).stdout).toMatch(/^m +Active .*\(here\)/mu)
    expect(parseJson(await world.run('verify-history', '--json', ...store))).toMatchObject({ ok: true })
    watch.interrupt()
    expect(await watch.ended).toMatchObject({ code: 0 })
  })
})
