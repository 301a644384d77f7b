import { type Clock, createInvalidInput } from '@catalog/types'
import {
  booleanSchema,
  customSchema,
  defineOptions,
  type OptionsParser,
  objectSchema,
  optionsSchema,
  positiveNumberSchema,
  textSchema,
} from '@catalog/types/schema'
import type { PostgresPool } from './connection/postgres-pool.ts'
import type { PostgresTlsOptions } from './connection/postgres-tls-options.ts'

/** Options of `openPostgresStore`: either `connectionString` or `pool`. */
export interface PostgresStoreOptions {
  /**
   * Where the database is: `postgresql://user:password@host:5432/database`, with the parameters of `pg`. What it does not have is taken from
   * `PGHOST`, `PGPASSWORD` and the other variables of PostgreSQL.
   */
  readonly connectionString?: string | undefined
  /** A `Pool` of `pg`. It stays open when the store closes. Nothing is set for its sessions. */
  readonly pool?: PostgresPool | undefined
  /** The schema that has the tables; default `catalog`. One database may have several catalogs. */
  readonly schema?: string | undefined
  /** TLS of the connections; true: with the authorities that Node.js knows. Only with `connectionString`. */
  readonly ssl?: boolean | PostgresTlsOptions | undefined
  /**
   * Opens the catalog read-only: needs no right to write, and a standby will do. Default false.
   */
  readonly readOnly?: boolean | undefined
  /** Whether the tables are created if the schema has none; default true. Never with `readOnly`. */
  readonly create?: boolean | undefined
  /**
   * Whether the connections lead to a pooler in transaction mode, such as PgBouncer. Then nothing is set for a session,
   * and `watch` looks from time to time, unless `listen` names a direct way. Default false.
   */
  readonly pooler?: boolean | undefined
  /**
   * A connection string for the one connection that `watch` listens on, or false to look from time to time only.
   * Default: as the other connections, except with `pooler`.
   */
  readonly listen?: string | false | undefined
  /** How often `watch` looks for changes even if it was told of none, in milliseconds; default 1000. */
  readonly pollMs?: number | undefined
  /**
   * How long a call may take, in milliseconds, with all repetitions; default 10,000. Then it rejects with UNAVAILABLE.
   */
  readonly timeoutMs?: number | undefined
  /** The most connections of the store, beside the one that listens; default 10. Only with `connectionString`. */
  readonly maxConnections?: number | undefined
  /** What `pg_stat_activity` shows; default `model-catalog`. Only with `connectionString`. */
  readonly applicationName?: string | undefined
  /** How many positions count as one segment, for `pruneHistory` and reports; default 10,000. */
  readonly segmentLength?: number | undefined
  /**
   * Opens a catalog for writing on a server with `fsync` off, which may lose acknowledged changes in a power cut. Default
   * false.
   */
  readonly allowUnsafeServer?: boolean | undefined
  readonly clock?: Clock | undefined
}

const listenSchema = customSchema<string | false>(
  (value) => value === false || (typeof value === 'string' && value !== ''),
  'must be a connection string or false',
)
const sslSchema = customSchema<boolean | PostgresTlsOptions>(
  (value) => typeof value === 'boolean' || (typeof value === 'object' && value !== null),
  'must be true, false or options of TLS',
)
const countSchema = customSchema<number>(
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
  'must be a positive integer',
)

const parse: OptionsParser<PostgresStoreOptions> = defineOptions<PostgresStoreOptions>(
  optionsSchema({
    connectionString: textSchema.optional(),
    pool: objectSchema<PostgresPool>().optional(),
    schema: textSchema.optional(),
    ssl: sslSchema.optional(),
    readOnly: booleanSchema.optional(),
    create: booleanSchema.optional(),
    pooler: booleanSchema.optional(),
    listen: listenSchema.optional(),
    pollMs: positiveNumberSchema.optional(),
    timeoutMs: positiveNumberSchema.optional(),
    maxConnections: countSchema.optional(),
    applicationName: textSchema.optional(),
    segmentLength: countSchema.optional(),
    allowUnsafeServer: booleanSchema.optional(),
    clock: objectSchema<Clock>().optional(),
  }),
)

/** The options that make connections, which a caller's pool makes by itself. */
const OF_CONNECTIONS = ['ssl', 'maxConnections', 'applicationName'] as const

export function parsePostgresStoreOptions(given: unknown): PostgresStoreOptions {
  const options = parse(given)
  const { connectionString, pool } = options
  if ((connectionString === undefined) === (pool === undefined)) {
    throw createInvalidInput([{ field: 'connectionString', problem: 'or pool must be given, and not both' }])
  }
  const misplaced = OF_CONNECTIONS.filter((name) => pool !== undefined && options[name] !== undefined)
  if (misplaced.length === 0) return options
  throw createInvalidInput(
    misplaced.map((field) => ({ field, problem: 'must not be given together with pool' })),
  )
}
