import type { CatalogCopy } from '@catalog/types'
import { PostgresCopy } from './copy/postgres-copy.ts'
import { OpenedStore } from './opened-store.ts'
import { assertFit, connect } from './postgres-store.ts'
import { type PostgresStoreOptions, parsePostgresStoreOptions } from './postgres-store-options.ts'
import { findCatalog, openCatalogTables, UNFINISHED_FORMAT } from './schema/migrate.ts'
import { MIGRATIONS } from './schema/migrations.ts'
import { quoteSchema } from './schema/schema-name.ts'

/** A step of a copy writes up to some thousand rows. */
const DEFAULT_TIMEOUT_MS = 120_000

/**
 * Opens a schema for a copy of another catalog, with its history. Nothing is written until the copy begins. The role must own the
 * schema, or be allowed to create it.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid, or the server cannot keep a catalog
 * @throws {CatalogError} UNSUPPORTED_FORMAT if another version migrated the catalog
 * @throws {CatalogError} UNAVAILABLE if the database does not answer in time
 * @throws {CatalogError} IO if the server refuses the connection or an operation
 */
export async function openPostgresCopy(given: PostgresStoreOptions): Promise<CatalogCopy> {
  const parsed = parsePostgresStoreOptions(given)
  await assertAnswers(parsed)
  const options = { timeoutMs: DEFAULT_TIMEOUT_MS, ...parsed }
  const { clock = { now: () => new Date() } } = options
  const schema = quoteSchema(options.schema ?? 'catalog')
  const { database } = connect(options)
  try {
    const found = await findCatalog(database, schema)
    if (found !== undefined && found.format !== UNFINISHED_FORMAT) {
      const how = { schema, migrations: MIGRATIONS, canCreate: false, canMigrate: false }
      await openCatalogTables(database, how)
    }
    const [row] =
      found === undefined
        ? []
        : await database.run({
            operation: 'read the catalog',
            text: `SELECT (head.position = 0 AND ($1 OR NOT EXISTS (SELECT FROM ${schema}.entries)))::text AS empty FROM ${schema}.head AS head`,
            values: [found.format === UNFINISHED_FORMAT],
          })
    return new PostgresCopy({
      ...{ database, schema, found, isEmpty: row?.['empty'] === 'true' },
      open: (catalog) =>
        new OpenedStore({
          ...{ database, schema, catalog, clock, readOnly: true, listening: undefined },
          ...{ pollMs: 1000, segmentLength: 10_000 },
        }),
    })
  } catch (error) {
    await database.close().catch(() => undefined)
    throw error
  }
}

/** UNAVAILABLE after the time of a store: a server that is not there is told soon. */
async function assertAnswers(options: PostgresStoreOptions): Promise<void> {
  const { database } = connect(options)
  try {
    await assertFit(database, options)
  } finally {
    await database.close()
  }
}
