/** Waits for a line, opens the catalog, and prints what kind of catalog it is or the code of the error. */
import { once } from 'node:events'
import { isCatalogError } from '@catalog/types'
import pg from 'pg'
import { Database } from '../../src/connection/database.ts'
import { openCatalogTables } from '../../src/schema/migrate.ts'
import { MIGRATIONS } from '../../src/schema/migrations.ts'
import { quoteSchema } from '../../src/schema/schema-name.ts'
import { NEXT_MIGRATION } from './next-migration.ts'

const [connectionString, schema = '', kind] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString, max: 1 })
const place = 'the server of the test'
const database = new Database({
  pool,
  endPool: () => pool.end(),
  timeoutMs: 60_000,
  place,
  password: undefined,
})
console.log('ready')
await once(process.stdin, 'data')
try {
  const { id, format } = await openCatalogTables(database, {
    ...{ schema: quoteSchema(schema), canCreate: true, canMigrate: true },
    migrations: kind === 'next' ? [...MIGRATIONS, NEXT_MIGRATION] : MIGRATIONS,
  })
  console.log(`${id} ${format}`)
} catch (error) {
  if (!isCatalogError(error)) throw error
  console.log(error.code)
}
await database.close()
process.stdin.destroy()
