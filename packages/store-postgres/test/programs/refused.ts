/** Opens a catalog that it may not open, and prints the error. Then nothing is left to do. */
import { isCatalogError } from '@catalog/types'
import { openPostgresStore } from '../../src/postgres-store.ts'

const [connectionString] = process.argv.slice(2)
try {
  await openPostgresStore({ connectionString, allowUnsafeServer: true })
} catch (error) {
  if (!isCatalogError(error)) throw error
  console.log(error.code, error.message)
}
