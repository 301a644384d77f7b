import { readFileSync } from 'node:fs'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks, PostgresServer, runSql, TestDatabase } from '@catalog/testkit/running'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld, parseJson } from './world.ts'

const AWAY = 'postgresql://me:secret@127.0.0.1:1/models'

it.each([
  ['ls', '--only-writer'],
  ['ls', '--intact-prefix'],
  ['repair', '--yes'],
])('%j is for a catalog in files', async (...args) => {
  const { code, stderr } = await createWorld().run(...args, '--store', AWAY)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('is for a catalog in files') })
  expect(stderr).not.toContain('secret')
})

it.each(['secret', 'mysql://me:secret@host/models', 'postgres://me:secret@host/models?schema='])(
  'a store that is not the URL of a database is refused, and not shown: %s',
  async (store) => {
    const { code, stderr } = await createWorld().run('ls', '--json', '--store', store)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('INVALID_INPUT') })
    expect(stderr).not.toContain('secret')
  },
)

it('--store fs means the files in the root', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 'hf:org/a')
  const { stdout } = await world.runShell(`CATALOG_STORE=${AWAY} catalog ls -q --store fs`)
  expect(stdout).toBe('a\n')
})

describe.skipIf(lacks('database'))('a catalog in a database', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await TestDatabase.open({ settings: { fsync: 'on' } })
  })
  afterAll(() => database.close())
  const newStore = (): string => database.newStore()

  it('is created by register, shared by roots, and missing for the other commands before', async () => {
    const [one, other] = [createWorld(), createWorld()]
    const store = newStore()
    const missing = await one.run('ls', '--store', store)
    expect(missing).toMatchObject({ code: 22, stderr: expect.stringContaining('CATALOG_STORE') })
    await one.run('register', 'a', '--source', 'hf:org/a', '--store', store)
    expect((await other.run('ls', '-q', '--store', store)).stdout).toBe('a\n')
    const overview = await other.runShell(`CATALOG_STORE='${store}' catalog`)
    expect(overview.stderr).toContain('The catalog in postgresql://')
    expect(await other.run('ls')).toMatchObject({ code: 22 })
  })

  it('has the models that this machine verified in its root', async () => {
    const world = createWorld()
    const store = newStore()
    world.write('models/a.gguf', sampleGguf('a'))
    expect(await world.run('add', 'models/a.gguf', '--store', store)).toMatchObject({ code: 0 })
    expect((await world.run('resolve', 'a', '--store', store)).stdout).toContain('/models/a.gguf')
    expect(await world.run('doctor', '--store', store)).toMatchObject({ code: 0 })
    const history = parseJson<{ ok: boolean }>(await world.run('verify-history', '--json', '--store', store))
    expect(history).toMatchObject({ ok: true, from: 0 })
    expect(await world.run('prune-history', '--keep', '2', '--store', store)).toMatchObject({ code: 0 })
    expect(await world.run('stats', '--store', store)).toMatchObject({ code: 0 })
  })

  it('says what to do about a copy that was found wrong, while another machine has the right one', async () => {
    const [one, other] = [createWorld(), createWorld()]
    const at = (node: string): readonly string[] => ['--store', store, '--node', node]
    const store = newStore()
    const bytes = sampleGguf('a')
    one.write('models/a.gguf', bytes)
    await one.run('add', 'models/a.gguf', ...at('gpu-1'))
    other.write('models/a.gguf', Buffer.from(bytes).fill(255, bytes.length - 1))
    expect(await other.run('verify', 'a', ...at('gpu-2'))).toMatchObject({ code: 10 })
    const refused = await other.run('resolve', 'a', ...at('gpu-2'))
    expect(refused).toMatchObject({ code: 7, stderr: expect.stringContaining('had wrong bytes') })
    expect(refused.stderr).toContain('hint: fetch its file again, then catalog verify a reads it')
    expect((await other.run('show', 'a', ...at('gpu-2'))).stdout).toContain('then catalog verify a reads it')
    other.write('models/a.gguf', bytes)
    expect(await other.run('verify', 'a', ...at('gpu-2'))).toMatchObject({ code: 0 })
    expect(await other.run('resolve', 'a', ...at('gpu-2'))).toMatchObject({ code: 0 })
  })

  it('completes the ids of the models in it', async () => {
    const world = createWorld()
    const store = newStore()
    await world.run('register', 'llama', '--source', 'hf:org/a', '--store', store)
    const { stdout } = await world.run('complete', '--', '--store', store, 'show', 'll')
    expect(stdout).toContain('llama')
  })

  it('migrate copies the catalog of the root to it, and back to other files, with the history', async () => {
    const world = createWorld()
    const store = newStore()
    world.write('models/a.gguf', sampleGguf('a'))
    await world.run('add', 'models/a.gguf', '--reason', 'first')
    await world.run('state', 'a', 'Retired', '--actor', 'ann')
    const there = ['migrate', '--from', 'fs', '--to', store] as const
    const dry = await world.run(...there, '--dry-run')
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringMatching(/^would copy \d+ positions/u) })
    expect(await world.run('ls', '--store', store)).toMatchObject({ code: 22 })
    expect(await world.answer('n', ...there)).toMatchObject({ code: 2 })
    const copied = await world.run(...there)
    expect(copied).toMatchObject({ code: 0, stdout: expect.stringContaining('both are equal') })
    expect((await world.run(...there)).stdout).toMatch(/^nothing to do/u)
    const report = parseJson(await world.run('migrate', '--from', store, '--to', 'again', '--json'))
    expect(report).toMatchObject({ isComplete: true, dryRun: false })
    const history = (...args: readonly string[]) => world.run('history', 'a', '--json', ...args)
    const original = parseJson(await history())
    expect(parseJson(await history('--store', store))).toEqual(original)
    expect(parseJson(await history('--root', 'again'))).toEqual(original)
    await world.run('register', 'c', '--source', 'hf:org/c', '--root', 'other')
    const refused = await world.run('migrate', '--from', 'other', '--to', store)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('must be an empty place') })
  })
})

describe.skipIf(lacks('postgres'))('a catalog on a server with roles and passwords', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await PostgresServer.start({ tcp: true })
  })
  afterAll(() => server.stop())

  it('takes the store from $CATALOG_STORE, and the password from $PGPASSWORD or a .pgpass file', async () => {
    const world = createWorld()
    const { connectionString } = server
    await world.run('register', 'a', '--source', 'hf:org/a', '--store', `${connectionString}?schema=models`)
    const sql = `CREATE ROLE reader LOGIN PASSWORD 'secret';
      GRANT USAGE ON SCHEMA models TO reader;
      GRANT SELECT ON ALL TABLES IN SCHEMA models TO reader`
    await runSql(connectionString, sql)
    const url = `postgresql://reader@127.0.0.1:${server.port}/catalog?schema=models`
    world.write('pgpass', '127.0.0.1:*:*:reader:secret\n')
    const byVariable = await world.runShell(`CATALOG_STORE='${url}' PGPASSWORD=secret catalog ls -q`)
    expect(byVariable).toMatchObject({ code: 0, stdout: 'a\n' })
    const byFile = await world.runShell(
      `chmod 600 pgpass; CATALOG_STORE='${url}' PGPASSFILE=$PWD/pgpass catalog ls -q`,
    )
    expect(byFile).toMatchObject({ code: 0, stdout: 'a\n' })
    const wrong = await world.runShell(`CATALOG_STORE='${url}' PGPASSWORD=wrong-secret catalog ls -q --json`)
    expect(wrong).toMatchObject({ code: 34, stdout: '' })
    expect(wrong.stderr).not.toContain('wrong-secret')
    const denied = await world.runShell(`CATALOG_STORE='${url}' PGPASSWORD=secret catalog rm a`)
    expect(denied).toMatchObject({ code: 21, stderr: expect.stringContaining('[READ_ONLY]') })
  })

  it('warns that a password on the command line is visible, and does not repeat it', async () => {
    const world = createWorld()
    const store = `${server.connectionString}?schema=visible`
    await world.run('register', 'a', '--source', 'hf:org/a', '--store', store)
    const { code, stderr } = await world.run('ls', '--store', store.replace('catalog@', 'catalog:secret@'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('visible to other users') })
    expect(stderr).not.toContain('secret')
  })

  it('migrate is for the owner of the schema; then the roles have their rights', async () => {
    const world = createWorld()
    await world.run('register', 'a', '--source', 'hf:org/a')
    const readme = readFileSync(
      new URL('../../../packages/store-postgres/README.md', import.meta.url),
      'utf8',
    )
    await runSql(server.connectionString, /```sql\n(.*?)```/su.exec(readme)?.[1] ?? '')
    const [owner, writer, reader] = ['owner', 'writer', 'reader'].map((role) =>
      server.urlOf(`catalog_${role}`),
    )
    const migrate = async (from = '', to = ''): Promise<number | null> => {
      const { code, stderr } = await world.run('migrate', '--from', from, '--to', to)
      if (code !== 0) expect(stderr).toContain('READ_ONLY')
      return code
    }
    expect(await migrate('fs', writer)).toBe(21)
    expect(await migrate('fs', owner)).toBe(0)
    expect(await world.run('register', 'b', '--source', 'hf:org/b', '--store', writer ?? '')).toMatchObject({
      code: 0,
    })
    expect((await world.run('ls', '--store', reader ?? '')).stdout).toMatch(/^a .*\nb /mu)
    expect(await migrate(reader, 'back')).toBe(0)
  })

  it('that is away ends with 35', async () => {
    const away = await PostgresServer.start()
    const store = away.connectionString
    await away.stop()
    const { code, stderr } = await createWorld().run('ls', '--json', '--store', store)
    expect(code).toBe(35)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'UNAVAILABLE' } })
  }, 60_000)
})
