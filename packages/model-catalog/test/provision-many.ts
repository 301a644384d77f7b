// node provision-many.ts <root> <url> <count>: provisions the models m-0, m-1 … from a server, and prints what it does.
import { isCatalogError, openCatalog } from 'model-catalog'
import { provision } from './provisioner.ts'

const [root = '', url = '', count = '0'] = process.argv.slice(2)
const catalog = await openCatalog({ root, holder: 'provisioner' })
process.stdout.write('open\n')
for (let n = 0; n < Number(count); n += 1) {
  const id = `m-${n}`
  try {
    await provision(catalog, { id, url: `${url}/${id}`, checkpointEveryBytes: 64 * 1024 })
    process.stdout.write(`done ${id}\n`)
  } catch (error) {
    if (!isCatalogError(error, 'DIGEST_MISMATCH')) throw error
    process.stdout.write(`wrong ${id}\n`)
    n -= 1
  }
}
await catalog.close()
