// A program that opens a catalog in a database; the test leaves the package for it out.
import { isCatalogError, openCatalog } from '../src/index.ts'

try {
  await openCatalog({ root: 'models', store: 'postgres://me:secret@127.0.0.1:1/models' })
} catch (error) {
  if (!isCatalogError(error, 'INVALID_INPUT')) throw error
  console.log(error.message)
}
await (await openCatalog({ root: 'models' })).close()
console.log('files open')
