import { PostgresServer, type PostgresServerOptions, runSql, TestDatabase } from '@catalog/testkit/running'
import { afterAll, beforeAll } from 'vitest'
import { openPostgresStore } from '../src/postgres-store.ts'
import type { PostgresStoreOptions } from '../src/postgres-store-options.ts'

type OpenedStore = Awaited<ReturnType<typeof openPostgresStore>>

/** A database for the tests of a `describe` or a file. */
export interface TestCatalogs {
  readonly connectionString: string
  /** The name of a schema that no other test uses. */
  newSchema(): string
  /** Gives a schema back: its tables become those of a new catalog, which is quicker than creating them. */
  recycle(schema: string): Promise<void>
  /** Opens a store with all rights. */
  open(schema: string, options?: Partial<PostgresStoreOptions>): Promise<OpenedStore>
  /** Runs SQL with the same rights, on a connection of its own. */
  sql(text: string, values?: unknown[]): Promise<readonly Record<string, unknown>[]>
}

/** The same on a server of their own. */
export interface TestServer extends TestCatalogs {
  readonly server: PostgresServer
}

/**
 * For tests that need the capability `database`: that of `DATABASE_URL`, else of a server that is started. Its disk is not synced:
 * only the tests of crashes need that.
 */
export function useDatabase(options: PostgresServerOptions = {}): TestCatalogs {
  const given = { settings: { fsync: 'off' }, ...options }
  return useCatalogs(async () => {
    const database = await TestDatabase.open(given)
    const { connectionString } = database
    return { connectionString, newSchema: () => database.newSchema(), end: () => database.close() }
  })
}

/** For tests that start, stop or configure a server, and need the capability `postgres`. */
export function useServer(options: PostgresServerOptions = {}): TestServer {
  let started: PostgresServer | undefined
  let schemas = 0
  const tests = useCatalogs(async () => {
    started = await PostgresServer.start({ settings: { fsync: 'off' }, ...options })
    const { connectionString } = started
    const newSchema = (): string => {
      schemas += 1
      return `catalog_${schemas}`
    }
    return { connectionString, newSchema, end: async () => started?.stop() }
  })
  return Object.defineProperty(tests as TestServer, 'server', {
    get: () => started ?? expectRunning(),
  })
}

interface Opened {
  readonly connectionString: string
  newSchema(): string
  end(): Promise<void>
}

function useCatalogs(start: () => Promise<Opened>): TestCatalogs {
  let opened: Opened | undefined
  const free: string[] = []
  beforeAll(async () => {
    opened = await start()
  })
  afterAll(() => opened?.end())
  const own = (): Opened => opened ?? expectRunning()
  const sql: TestCatalogs['sql'] = (text, values) => runSql(own().connectionString, text, values)
  return {
    get connectionString() {
      return own().connectionString
    },
    newSchema: () => free.pop() ?? own().newSchema(),
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

function expectRunning(): never {
  throw new Error('the database exists only while tests run')
}

const EMPTY = `
DROP TRIGGER IF EXISTS full_disk ON SCHEMA.history;
DELETE FROM SCHEMA.entries;
DELETE FROM SCHEMA.history;
DELETE FROM SCHEMA.changed;
DELETE FROM SCHEMA.writers;
DELETE FROM SCHEMA.settings;
DELETE FROM SCHEMA.verifications;
DELETE FROM SCHEMA.head;
INSERT INTO SCHEMA.head VALUES (true, 0, sha256(''), 0, sha256(''), 0, 0, 0, 0);
UPDATE SCHEMA.catalog SET id = gen_random_uuid();`
