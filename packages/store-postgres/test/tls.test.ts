import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect, promisify } from 'node:util'
import { sampleEntry } from '@catalog/testkit'
import { asServerUser, lacks, PostgresServer } from '@catalog/testkit/running'
import { type CatalogStore, isCatalogError } from '@catalog/types'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openPostgresStore } from '../src/index.ts'
import { startProgram } from './run-program.ts'

const run = promisify(execFile)
const PASSWORD = 'geheim-p@ss/7319'

describe.skipIf(lacks('postgres', 'openssl'))('a server with TLS and passwords', () => {
  let server: PostgresServer | undefined
  let directory = ''
  const urlOf = ({
    password = PASSWORD,
    host = '127.0.0.1',
    database = 'catalog',
    port = server?.port,
  } = {}) => `postgresql://catalog:${encodeURIComponent(password)}@${host}:${port}/${database}`
  const certificate = (name: string) => readFile(join(directory, `${name}.crt`))

  beforeAll(async () => {
    const [make, ...rest] = asServerUser(['mktemp', '-d', join(tmpdir(), 'catalog-tls-XXXXXX')])
    directory = (await run(make, rest)).stdout.trim()
    for (const [name, address] of [
      ['right', 'IP:127.0.0.1'],
      ['wrong', 'IP:127.0.0.1'],
    ] as const) {
      const [program, ...args] = asServerUser([
        ...['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=server'],
        ...['-addext', `subjectAltName=${address}`],
        ...['-keyout', join(directory, `${name}.key`), '-out', join(directory, `${name}.crt`)],
      ])
      await run(program, args)
    }
    server = await PostgresServer.start({
      tcp: true,
      settings: {
        // The longest: a connection that no one ends would stay for so long.
        ...{ fsync: 'off', ssl: 'on', authentication_timeout: '600s' },
        ...{ ssl_cert_file: join(directory, 'right.crt'), ssl_key_file: join(directory, 'right.key') },
      },
    })
    const client = new pg.Client({ connectionString: server.connectionString })
    await client.connect()
    await client.query(`ALTER ROLE catalog PASSWORD '${PASSWORD}'`)
    await client.end()
  })
  afterAll(async () => {
    await server?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  const open = (options: object): Promise<CatalogStore> =>
    openPostgresStore({ allowUnsafeServer: true, timeoutMs: 60_000, ...options })
  const failOf = async (options: object): Promise<unknown> =>
    await open(options).then(
      () => expect.unreachable('it opened'),
      (error: unknown) => error,
    )

  it('is used encrypted on every connection, if its certificate is trusted', async () => {
    const store = await open({ connectionString: urlOf(), ssl: { ca: await certificate('right') } })
    const changes = store.watch({ since: 0 })
    const next = changes.next()
    const entry = sampleEntry({ id: 'a' })
    await store.commit([{ operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }])
    await next
    const client = new pg.Client({ connectionString: server?.connectionString })
    await client.connect()
    // The watch is told on a connection of its own, which may come a little later.
    let rows: readonly { readonly ssl: boolean }[] = []
    while (rows.length < 2) {
      ;({ rows } = await client.query(
        "SELECT ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE application_name = 'model-catalog'",
      ))
    }
    expect(rows.every(({ ssl }) => ssl)).toBe(true)
    await client.end()
    await changes.return?.()
    await store.close()
  })

  it('is refused at once if another authority signed its certificate, or its name is another', async () => {
    const untrusted = await failOf({ connectionString: urlOf(), ssl: { ca: await certificate('wrong') } })
    expect(untrusted).toMatchObject({
      code: 'IO',
      message: expect.stringMatching(
        /could not open: postgresql:\/\/127\.0\.0\.1:\d+\/catalog\S* self-signed certificate/u,
      ),
    })
    const unknown = await failOf({ connectionString: urlOf(), ssl: true })
    expect(unknown).toMatchObject({ code: 'IO', message: expect.stringContaining('certificate') })
    const named = { ca: await certificate('right'), servername: 'other.example' }
    const misnamed = await failOf({ connectionString: urlOf({ host: 'localhost' }), ssl: named })
    expect(misnamed).toMatchObject({ code: 'IO' })
    const ssl = { rejectUnauthorized: false }
    await (await open({ connectionString: urlOf(), ssl })).close()
  })

  it('refuses a program without a password at once, and leaves it no connection that keeps it running', async () => {
    const program = await startProgram('refused', [urlOf({ password: '' })])
    expect(await program.ended).toBe(0)
    expect(program.lines).toEqual([
      expect.stringMatching(/^IO could not open: .*: the server asks for a password, and none was given$/u),
    ])
  })

  it('has its password in no error, log, or list of processes', async () => {
    const logged = vi.spyOn(console, 'log')
    const warned = vi.spyOn(console, 'error')
    const ssl = { ca: await certificate('right') }
    const wrong = 'wr0ng-p@ss-9921'
    const errors = [
      await failOf({ connectionString: urlOf({ password: wrong }), ssl }),
      await failOf({ connectionString: urlOf({ database: 'none' }), ssl }),
      await failOf({ connectionString: urlOf({ host: 'host.invalid' }), ssl, timeoutMs: 300 }),
      await failOf({ connectionString: urlOf({ port: 1 }), ssl, timeoutMs: 300 }),
      await failOf({ connectionString: urlOf(), ssl: { ca: 'no certificate' }, timeoutMs: 300 }),
      await failOf({ connectionString: urlOf(), listen: `mysql://u:${PASSWORD}@host/x`, ssl }),
      await failOf({ connectionString: urlOf().replace('catalog:', 'ca%tal:'), ssl }),
      await failOf({ connectionString: urlOf(), schema: PASSWORD, ssl }).catch((error: unknown) => error),
    ]
    expect(errors[0]).toMatchObject({
      code: 'IO',
      message: expect.stringContaining('password authentication failed'),
    })
    const secrets = [PASSWORD, encodeURIComponent(PASSWORD), wrong, encodeURIComponent(wrong)]
    const store = await open({ connectionString: urlOf(), ssl, applicationName: 'in-the-list' })
    const titles = (await run('ps', ['-eo', 'args'])).stdout
    const texts = [
      ...errors
        .slice(0, -1)
        .map((error) => inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error)),
      ...[logged, warned].map(({ mock }) => inspect(mock.calls)),
      ...[titles, readFileSync('/proc/self/cmdline', 'utf8'), inspect(store, { depth: 2 })],
    ]
    for (const text of texts) for (const secret of secrets) expect(text).not.toContain(secret)
    expect(errors.every((error) => isCatalogError(error))).toBe(true)
    await store.close()
  })
})
