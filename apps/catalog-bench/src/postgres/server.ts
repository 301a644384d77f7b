import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { openPostgresStore } from '@catalog/store-postgres'
import { PostgresServer } from '@catalog/testkit/running'
import type { CatalogStore } from '@catalog/types'
import pg from 'pg'
import type { Settings } from '../settings.ts'
import { generateSpreadEntry } from './models.ts'

/** As an operator would give it: the defaults are for the smallest of machines. */
const SETTINGS = { shared_buffers: '1GB', max_wal_size: '8GB', checkpoint_timeout: '30min' }
/** How many models one commit registers while a catalog is filled. */
const BATCH = 2500
/** The ticks of the processor times in `/proc`. */
const TICK_MS = 10

/** A server of its own for a group of figures, and what is measured on it. */
export class BenchServer {
  readonly #server: PostgresServer
  readonly #clients: pg.Client[] = []
  readonly #stores: CatalogStore[] = []

  private constructor(server: PostgresServer) {
    this.#server = server
  }

  /** Starts one, on the disk of the workspace, with `fsync` as it is by default: on. */
  static async start({ workspace }: Settings): Promise<BenchServer> {
    process.env['TMPDIR'] = dirname(workspace.path)
    return new BenchServer(await PostgresServer.start({ settings: SETTINGS }))
  }

  async openStore(schema: string): Promise<CatalogStore> {
    const store = await openPostgresStore({ connectionString: this.#server.connectionString, schema })
    this.#stores.push(store)
    return store
  }

  /** A bare client of `pg`. */
  async connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.#server.connectionString })
    await client.connect()
    this.#clients.push(client)
    return client
  }

  /** A catalog with this many entries, made by commits of many changes each. */
  async fill(schema: string, entries: number): Promise<CatalogStore> {
    const store = await this.openStore(schema)
    for (let first = 0; first < entries; first += BATCH) {
      const count = Math.min(BATCH, entries - first)
      const changes = Array.from({ length: count }, (_, index) => {
        const entry = generateSpreadEntry(first + index)
        return { id: entry.id, ifRevision: 0, entry }
      })
      await store.commit([{ operation: 'register', changes }])
    }
    const client = await this.connect()
    await client.query(`VACUUM ANALYZE ${schema}.entries`)
    return store
  }

  /** The milliseconds of processor time that the server has taken in all of its processes that are still there. */
  processorMs(): number {
    const { postmaster } = this.#server
    return TICK_MS * [postmaster, ...findChildren(postmaster)].reduce((sum, pid) => sum + readTicks(pid), 0)
  }

  async stop(): Promise<void> {
    for (const store of this.#stores) await store.close()
    for (const client of this.#clients) await client.end()
    await this.#server.stop()
  }
}

function findChildren(parent: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && readStat(pid)?.[1] === String(parent))
}

function readTicks(pid: number): number {
  const stat = readStat(pid) ?? []
  return Number(stat[11] ?? 0) + Number(stat[12] ?? 0)
}

/** The fields of `/proc/<pid>/stat` after the name. */
function readStat(pid: number): readonly string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')
  } catch {
    return undefined
  }
}
