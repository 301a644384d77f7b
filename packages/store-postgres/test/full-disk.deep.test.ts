import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sampleEntry } from '@catalog/testkit'
import {
  asServerUser,
  fillDisk,
  lacks,
  type MountedDisk,
  mountMemory,
  PostgresServer,
} from '@catalog/testkit/running'
import { type CatalogStore, type Commit, isCatalogError } from '@catalog/types'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { openPostgresStore } from '../src/postgres-store.ts'
import { eventually, expectEach, registrationOf } from './writers.ts'

const run = promisify(execFile)
const MIB = 1 << 20

describe.skipIf(lacks('postgres', 'tmpfs'))('a server whose disk is full', () => {
  const disposals: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const dispose of disposals.splice(0).reverse()) await dispose()
  })

  it('is NO_SPACE for commits if tables cannot grow, has all that it acknowledged, and goes on once there is space', async () => {
    const disk = await mountDisk(64 * MIB)
    const server = await PostgresServer.start()
    disposals.push(() => server.stop())
    const client = new pg.Client({ connectionString: server.connectionString })
    await client.connect()
    await client.query(`CREATE TABLESPACE small LOCATION '${await makeDirectory(disk)}'`)
    await client.query('ALTER DATABASE catalog SET default_tablespace = small')
    await client.end()
    const store = await openPostgresStore({ connectionString: server.connectionString })
    const acknowledged = await commitSome(store, 'before')
    fillDisk(join(disk.path, 'filler'), 256 << 10)
    const { names, error } = await commitUntilError(store, 'full')
    expect(error).toMatchObject({ code: 'NO_SPACE', details: { outcome: 'none' } })
    await expectEach(store, [...acknowledged, ...names])
    await rm(join(disk.path, 'filler'))
    const later = await commitSome(store, 'after')
    await expectEach(store, [...acknowledged, ...names, ...later])
    await store.close()
    console.log(`tables on a full disk: ${names.length} acknowledged before NO_SPACE, 0 lost`)
  })

  it('is UNAVAILABLE if its log cannot grow, which ends it, and has all that it acknowledged when it is back', async () => {
    const disk = await mountDisk(32 * MIB)
    const server = await PostgresServer.start({
      initdb: ['--waldir', join(await makeDirectory(disk), 'wal'), '--wal-segsize=1'],
      settings: { min_wal_size: '2MB', max_wal_size: '4MB' },
    })
    disposals.push(() => server.stop())
    const { connectionString } = server
    const store = await openPostgresStore({ connectionString, timeoutMs: 3000 })
    const acknowledged = await commitSome(store, 'before')
    fillDisk(join(disk.path, 'filler'), 0)
    const { names, failed, error } = await commitUntilError(store, 'full')
    expect(error).toMatchObject({ code: 'UNAVAILABLE', details: { outcome: 'unknown' } })
    await rm(join(disk.path, 'filler'))
    await server.restart()
    const known = await eventually(() => store.list({}))
    const doubtful = known.filter(({ id }) => id === failed).map(({ id }) => String(id))
    const later = await commitSome(store, 'after')
    await expectEach(store, [...acknowledged, ...names, ...doubtful, ...later])
    await store.close()
    console.log(
      `log on a full disk: ${names.length} acknowledged before the server ended, 0 lost; ${doubtful.length} of 1 applied that was unknown`,
    )
  })

  async function mountDisk(sizeBytes: number): Promise<MountedDisk> {
    const path = await mkdtemp(join(tmpdir(), 'catalog-small-'))
    const disk = await mountMemory(path, sizeBytes)
    disposals.push(async () => {
      await disk.release()
      await rm(path, { recursive: true })
    })
    return disk
  }
})

/** A directory on the disk that belongs to the user of the server. */
async function makeDirectory(disk: MountedDisk): Promise<string> {
  const path = join(disk.path, 'server')
  const [program, ...args] = asServerUser(['mkdir', path])
  await run(program, args)
  return path
}

async function commitSome(store: CatalogStore, prefix: string): Promise<readonly string[]> {
  const names = Array.from({ length: 20 }, (_, index) => `${prefix}-${index}`)
  for (const name of names)
    expect(await store.commit([registrationOf(name)])).toMatchObject([{ applied: true }])
  return names
}

/** Fills a disk sooner. Random, as what is alike is compressed. */
function largeRegistrationOf(name: string): Commit {
  const entry = { ...sampleEntry({ id: name }), extra: { padding: randomBytes(20_000).toString('hex') } }
  return { operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }
}

/** Those that were acknowledged, and the first one that was not. */
async function commitUntilError(store: CatalogStore, prefix: string) {
  const names: string[] = []
  for (;;) {
    const name = `${prefix}-${names.length}`
    try {
      await store.commit([largeRegistrationOf(name)])
    } catch (error) {
      expect(isCatalogError(error)).toBe(true)
      return { names, failed: name, error }
    }
    names.push(name)
  }
}
