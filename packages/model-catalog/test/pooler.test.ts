import { mkdirSync, writeFileSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks, type Pooler, PostgresServer, runSql, startPooler } from '@catalog/testkit/running'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCatalog } from '../src/index.ts'

const CONNECTIONS = 2

describe.skipIf(lacks('pgbouncer'))('through PgBouncer in transaction mode', () => {
  const directory = useTemporaryDirectory()
  let server: PostgresServer
  let pooler: Pooler
  beforeAll(async () => {
    server = await PostgresServer.start()
    pooler = await startPooler(server, CONNECTIONS)
  })
  afterAll(async () => {
    await pooler.stop()
    await server.stop()
  })

  it('a model is registered, verified, resolved and watched by two machines that share its few connections', async () => {
    const store = `${pooler.connectionString}?schema=models&pooler=true`
    const open = (node: string) => openCatalog({ root: directory.at(node), store, node })
    await using a = await open('gpu-1')
    await using b = await open('gpu-2')
    // Nothing can tell it: it looks from time to time.
    const watched = b.watch({ since: 0 })
    const next = watched.next()
    await a.register({ id: 'm', source: 'hf:org/m/m.gguf' })
    expect((await next).value).toMatchObject({ id: 'm', operation: 'register', position: 1 })
    for (const [catalog, node] of [
      [a, 'gpu-1'],
      [b, 'gpu-2'],
    ] as const) {
      const path = await catalog.modelPath('m')
      mkdirSync(directory.at(node), { recursive: true })
      writeFileSync(path, sampleGguf('m'))
      await catalog.verify('m')
      expect((await watched.next()).value).toMatchObject({ id: 'm', operation: 'verify' })
      expect((await catalog.resolve('m')).path).toBe(path)
    }
    await watched.return?.()
    expect((await a.fleet.copies('m')).map(({ node }) => node).sort()).toEqual(['gpu-1', 'gpu-2'])
    expect(await a.history.verify()).toMatchObject({ ok: true })
    // As many as the pooler has, however many the catalogs have.
    const [backends] = await runSql(
      server.connectionString,
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'model-catalog'",
    )
    expect(backends?.['count']).toBeLessThanOrEqual(CONNECTIONS)
  })
})
