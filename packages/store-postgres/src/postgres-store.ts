import { type CatalogStore, createInvalidInput } from '@catalog/types'
import { Database, type Row } from './connection/database.ts'
import { findTarget, openPool, openSingle } from './connection/open-pool.ts'
import { OpenedStore } from './opened-store.ts'
import { type PostgresStoreOptions, parsePostgresStoreOptions } from './postgres-store-options.ts'
import { openCatalogTables } from './schema/migrate.ts'
import { MIGRATIONS } from './schema/migrations.ts'
import { quoteSchema } from './schema/schema-name.ts'
import type { ListeningConnections } from './watch/change-feed.ts'

const DEFAULT_TIMEOUT_MS = 10_000
const DEFAULT_CONNECTIONS = 10
const DEFAULT_SEGMENT_LENGTH = 10_000
const DEFAULT_POLL_MS = 1000

/**
 * Opens the catalog in a schema of a PostgreSQL database, version 13 or newer, for any number of callers, processes and machines at once.
 * Tables are created or migrated if that is allowed.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid, or the server cannot keep a catalog
 * @throws {CatalogError} CATALOG_MISSING if there is no catalog, and `readOnly` is set or `create` is false
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version migrated the catalog
 * @throws {CatalogError} READ_ONLY if tables must be created, and the role or the server may not
 * @throws {CatalogError} NO_SPACE if the disk of the server is full
 * @throws {CatalogError} UNAVAILABLE if the database does not answer in time
 * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
 * @throws {CatalogError} IO if the server refuses the connection or an operation
 */
export async function openPostgresStore(given: PostgresStoreOptions): Promise<CatalogStore> {
  const options = parsePostgresStoreOptions(given)
  const { readOnly = false, create = true, timeoutMs = DEFAULT_TIMEOUT_MS } = options
  const schema = quoteSchema(options.schema ?? 'catalog')
  const { database, listening } = connect(options)
  try {
    await assertFit(database, options)
    const canWrite = !readOnly
    const tables = { schema, migrations: MIGRATIONS, canCreate: canWrite && create, canMigrate: canWrite }
    const catalog = await openCatalogTables(database, tables)
    return new OpenedStore({
      ...{ database, schema, catalog, readOnly, listening, timeoutMs },
      pollMs: options.pollMs ?? DEFAULT_POLL_MS,
      segmentLength: options.segmentLength ?? DEFAULT_SEGMENT_LENGTH,
      clock: options.clock ?? { now: () => new Date() },
    })
  } catch (error) {
    await database.close().catch(() => undefined)
    throw error
  }
}

export interface Connections {
  readonly database: Database
  readonly listening: (() => ListeningConnections) | undefined
}

export function connect(options: PostgresStoreOptions): Connections {
  const { connectionString, ssl, pooler = false, listen, timeoutMs = DEFAULT_TIMEOUT_MS } = options
  const { maxConnections = DEFAULT_CONNECTIONS, applicationName = 'model-catalog' } = options
  const shared = { ssl, timeoutMs, applicationName }
  const listenDirectly = (text: string) => (): ListeningConnections =>
    openSingle({ ...shared, connectionString: text })
  if (listen) findTarget(listen, 'listen')
  const suffix = `?schema=${options.schema ?? 'catalog'}`
  if (connectionString !== undefined) {
    const { place, password } = findTarget(connectionString, 'connectionString')
    const { pool, end, runPrepared } = openPool({
      ...{ ...shared, connectionString, maxConnections, isPooled: pooler },
    })
    const database = new Database({
      ...{ pool, endPool: end, runPrepared, timeoutMs, place: place + suffix, password },
    })
    const direct = listen ?? (pooler ? false : connectionString)
    return { database, listening: direct === false ? undefined : listenDirectly(direct) }
  }
  const { pool } = options
  if (pool === undefined) throw new Error('the options have a connection string or a pool')
  const place = `postgresql:${suffix}`
  const database = new Database({ pool, endPool: undefined, timeoutMs, place, password: undefined })
  const shareOne = (): ListeningConnections => ({ pool, end: async () => undefined })
  if (listen) return { database, listening: listenDirectly(listen) }
  return { database, listening: listen === false || pooler ? undefined : shareOne }
}

/** The oldest version with `gen_random_uuid()`. */
const OLDEST_VERSION = 130_000

/** INVALID_INPUT for a server that cannot keep a catalog, or would lose what it acknowledged. */
export async function assertFit(database: Database, options: PostgresStoreOptions): Promise<void> {
  const [row = {}] = await database.run({
    operation: 'open',
    text: `SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding,
      current_setting('fsync') AS fsync`,
  })
  const problem = findServerProblem(row, options)
  if (problem === undefined) return
  throw createInvalidInput([
    { field: options.pool === undefined ? 'connectionString' : 'pool', problem: `leads to ${problem}` },
  ])
}

function findServerProblem(
  { version = '', encoding = '', fsync = '' }: Row,
  { readOnly = false, allowUnsafeServer = false }: PostgresStoreOptions,
): string | undefined {
  if (Number(version) < OLDEST_VERSION) return 'a server that is older than PostgreSQL 13'
  if (encoding !== 'UTF8') return `a database in ${encoding}, not UTF8`
  if (fsync === 'on' || readOnly || allowUnsafeServer) return undefined
  return 'a server with fsync off, which may lose what it acknowledged: set allowUnsafeServer to accept that'
}
