import { createInvalidInput } from '@catalog/types'
import pg from 'pg'
import type { PreparedRunner } from './database.ts'
import { EndingClient } from './ending-client.ts'
import type { PostgresPool } from './postgres-pool.ts'
import { type PostgresTlsOptions, toNodeTlsOptions } from './postgres-tls-options.ts'

/** How connections of its own are made. */
export interface ConnectionSettings {
  readonly connectionString: string
  readonly ssl?: boolean | PostgresTlsOptions | undefined
  readonly maxConnections: number
  readonly timeoutMs: number
  readonly applicationName: string
  /** Whether nothing may be set for a session, because a pooler gives it to others. */
  readonly isPooled: boolean
}

/** Where a connection string leads, without what is secret. */
export interface ConnectionTarget {
  readonly place: string
  readonly password: string | undefined
}

const SCHEME = /^postgres(?:ql)?:\/\//u

/** Host, port and database of a connection string, with the defaults of the environment. INVALID_INPUT. */
export function findTarget(connectionString: string, field: string): ConnectionTarget {
  try {
    if (!SCHEME.test(connectionString)) throw new Error('another scheme')
    const { host, port, database, password } = new pg.Client({ connectionString })
    const place = `postgresql://${host.startsWith('/') ? encodeURIComponent(host) : host}:${port}/${database ?? ''}`
    return { place, password: typeof password === 'string' ? password : undefined }
  } catch {
    // The original error may quote the string.
    const problem = 'must be a URL such as postgresql://user@host:5432/database'
    throw createInvalidInput([{ field, problem }])
  }
}

/** A pool of connections, none of which is made yet. */
export function openPool(settings: ConnectionSettings): {
  readonly pool: PostgresPool
  readonly end: () => Promise<void>
  readonly runPrepared: PreparedRunner | undefined
} {
  const { maxConnections: max, timeoutMs, isPooled } = settings
  const pool = new pg.Pool({
    ...toConfig(settings),
    ...{ max, connectionTimeoutMillis: timeoutMs, allowExitOnIdle: true },
    // What the client gave up waiting for, the server gives up too.
    ...(!isPooled && { statement_timeout: timeoutMs, idle_in_transaction_session_timeout: timeoutMs }),
  })
  // A client of this pool is one of `pg`, which also takes a statement with a name.
  const runPrepared: PreparedRunner = (client, statement) => (client as pg.PoolClient).query(statement)
  return { pool, end: () => pool.end(), runPrepared: isPooled ? undefined : runPrepared }
}

/** A connection of its own, in the shape of a pool with that one. */
export function openSingle(settings: Omit<ConnectionSettings, 'maxConnections' | 'isPooled'>): {
  readonly pool: PostgresPool
  readonly end: () => Promise<void>
} {
  const { timeoutMs: connectionTimeoutMillis } = settings
  const pool = new pg.Pool({ ...toConfig(settings), max: 1, connectionTimeoutMillis })
  return { pool, end: () => pool.end() }
}

function toConfig({
  connectionString,
  ssl,
  applicationName,
}: Pick<ConnectionSettings, 'connectionString' | 'ssl' | 'applicationName'>): pg.PoolConfig {
  return {
    ...{ connectionString, application_name: applicationName, keepAlive: true, Client: EndingClient },
    ...(ssl !== undefined && { ssl: typeof ssl === 'boolean' ? ssl : toNodeTlsOptions(ssl) }),
  }
}
