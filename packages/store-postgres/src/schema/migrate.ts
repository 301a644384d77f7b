import { CatalogError } from '@catalog/types'
import type { Database } from '../connection/database.ts'
import { codeOf } from '../connection/database-error.ts'
import type { PostgresClient } from '../connection/postgres-pool.ts'
import type { Migration } from './migrations.ts'
import type { QuotedSchema } from './schema-name.ts'

/** The catalog that is in a schema. */
export interface FoundCatalog {
  readonly id: string
  readonly format: number
}

/** What an opening may do to the tables. */
export interface MigrateOptions {
  readonly schema: QuotedSchema
  readonly migrations: readonly Migration[]
  /** Whether a catalog is created if there is none. */
  readonly canCreate: boolean
  /** Whether an older format is changed to the present one. */
  readonly canMigrate: boolean
}

/**
 * The catalog in a schema, created or brought to the present format if that is allowed. Any number of processes may do so
 * at once: one of them does the work, and the others wait for its transaction.
 */
export async function openCatalogTables(database: Database, options: MigrateOptions): Promise<FoundCatalog> {
  const { schema, migrations, canCreate, canMigrate } = options
  const supported = migrations.at(-1)?.version ?? 0
  const found = await findCatalog(database, schema)
  if (found?.format === supported) return found
  if (found !== undefined) assertCanRead(found, supported, canMigrate, database.place)
  if (found === undefined && !canCreate) throw createMissing(database.place)
  return await database.attempt({ operation: 'create the tables of', isWrite: true }, (client) =>
    inTransaction(client, async () => {
      // Held until the end of the transaction, which a pooler keeps on one connection.
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended('model-catalog:' || $1, 0))", [
        schema,
      ])
      // Where CREATE is not granted for the database, an administrator creates the schema.
      const exists = await hasSchema(client, schema)
      if (!exists) await client.query(`CREATE SCHEMA ${schema}`)
      const present = await readCatalog(client, schema)
      if (present !== undefined) assertCanRead(present, supported, true, database.place)
      for (const { version, sql } of migrations) {
        if (version <= (present?.format ?? 0)) continue
        await client.query(sql(schema))
        await client.query(`UPDATE ${schema}.catalog SET format = $1`, [version])
        await client.query(`INSERT INTO ${schema}.migrations (version) VALUES ($1)`, [version])
      }
      const made = await readCatalog(client, schema)
      if (made === undefined) throw createMissing(database.place)
      return made
    }),
  )
}

/** The catalog in a schema; undefined if there is none. */
export async function findCatalog(
  database: Database,
  schema: QuotedSchema,
): Promise<FoundCatalog | undefined> {
  return await database.attempt({ operation: 'open' }, async (client) => {
    try {
      return await readCatalog(client, schema)
    } catch (error) {
      if (codeOf(error) === '42P01' || codeOf(error) === '3F000') return undefined
      throw error
    }
  })
}

async function readCatalog(client: PostgresClient, schema: QuotedSchema): Promise<FoundCatalog | undefined> {
  const { rows: known } = await client.query(
    'SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = $2',
    [schema.slice(1, -1), 'catalog'],
  )
  if (known.length === 0) return undefined
  const { rows } = await client.query(`SELECT id::text AS id, format::text AS format FROM ${schema}.catalog`)
  const [row] = rows as { readonly id: string; readonly format: string }[]
  return row && { id: row.id, format: Number(row.format) }
}

async function hasSchema(client: PostgresClient, schema: QuotedSchema): Promise<boolean> {
  const { rows } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema.slice(1, -1)])
  return rows.length > 0
}

export async function inTransaction<T>(client: PostgresClient, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    // On a lost connection nothing is left to be undone.
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** The format of a copy that is not finished: no store opens it. */
export const UNFINISHED_FORMAT = -1

function assertCanRead({ format }: FoundCatalog, supported: number, canMigrate: boolean, path: string): void {
  if (format === UNFINISHED_FORMAT) throw createUnfinished(path, supported)
  if (format === supported || (format < supported && canMigrate)) return
  const why =
    format > supported ? 'a newer version wrote it' : 'a program that may migrate has to open it first'
  throw new CatalogError(
    'UNSUPPORTED_FORMAT',
    `the catalog at ${path} has format ${format}, not ${supported}: ${why}`,
    {
      path,
      found: `format ${format}`,
      supported: `format ${supported}`,
    },
  )
}

/** What a program is told that may not open a catalog, or finds that it was closed to it. */
export function createUnfinished(path: string, supported: number): CatalogError {
  const message = `the catalog at ${path} is a copy that is not finished: repeat the migration that makes it`
  const details = { path, found: 'an unfinished copy', supported: `format ${supported}` }
  return new CatalogError('UNSUPPORTED_FORMAT', message, details)
}

function createMissing(path: string): Error {
  return new CatalogError('CATALOG_MISSING', `there is no catalog at ${path}`, { path })
}
