import { PostgresServer, type PostgresServerOptions } from '@catalog/testkit/running'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { openPostgresStore } from '../src/postgres-store.ts'
import type { PostgresStoreOptions } from '../src/postgres-store-options.ts'

type OpenedStore = Awaited<ReturnType<typeof openPostgresStore>>

/** A server for the tests of a `describe` or a file. */
export interface TestServer {
  readonly server: PostgresServer
  /** The name of a schema that no other test uses. */
  newSchema(): string
  /** Gives a schema back: its tables become those of a new catalog, which is quicker than creating them. */
  recycle(schema: string): Promise<void>
  /** Opens a store as the superuser. */
  open(schema: string, options?: Partial<PostgresStoreOptions>): Promise<OpenedStore>
  /** Runs SQL as the superuser, on a connection of its own. */
  sql(text: string, values?: unknown[]): Promise<readonly Record<string, unknown>[]>
}

/** Starts a real server before the tests, and stops it after them. Its disk is not synced: only the tests of crashes need that. */
export function useServer(options: PostgresServerOptions = {}): TestServer {
  let started: PostgresServer | undefined
  let schemas = 0
  const free: string[] = []
  beforeAll(async () => {
    started = await PostgresServer.start({ settings: { fsync: 'off' }, ...options })
  })
  afterAll(() => started?.stop())
  const own = (): PostgresServer => {
    if (started === undefined) throw new Error('the server exists only while tests run')
    return started
  }
  const sql: TestServer['sql'] = async (text, values) => {
    const client = new pg.Client({ connectionString: own().connectionString })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query(text, values)).rows
    } finally {
      await client.end()
    }
  }
  return {
    get server() {
      return own()
    },
    newSchema() {
      const recycled = free.pop()
      if (recycled !== undefined) return recycled
      schemas += 1
      return `catalog_${schemas}`
    },
    async recycle(schema) {
      await sql(EMPTY.replaceAll('SCHEMA', schema))
      free.push(schema)
    },
    open: (schema, given = {}) =>
      openPostgresStore({
        ...{ connectionString: own().connectionString, schema, allowUnsafeServer: true, maxConnections: 3 },
        ...given,
      }),
    sql,
  }
}

const EMPTY = `
DROP TRIGGER IF EXISTS full_disk ON SCHEMA.history;
DELETE FROM SCHEMA.entries;
DELETE FROM SCHEMA.history;
DELETE FROM SCHEMA.changed;
DELETE FROM SCHEMA.writers;
DELETE FROM SCHEMA.settings;
DELETE FROM SCHEMA.operations;
DELETE FROM SCHEMA.verifications;
DELETE FROM SCHEMA.head;
INSERT INTO SCHEMA.head VALUES (true, 0, sha256(''), 0, sha256(''), 0, 0, 0, 0);
UPDATE SCHEMA.catalog SET id = gen_random_uuid();`
