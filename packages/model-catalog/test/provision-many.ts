// provision-many.ts ROOT URL COUNT: provisions the models m-0, m-1 … from a server. It pauses before and after each
// call to the catalog, after each commit, and while files are read.
import { type Catalog, isCatalogError, openCatalog } from 'model-catalog'
import { pauseAt } from './pause-at.ts'
import { provision } from './provisioner.ts'

const [root = '', url = '', count = '0'] = process.argv.slice(2)
const observer = {
  onOperation: ({ operation }: { operation: string }) => pauseAt(`recorded ${operation}`),
  onVerification: ({ outcome }: { outcome: string }) => pauseAt(`read ${outcome}`),
}
const catalog = await openCatalog({ root, holder: 'provisioner', observer })
pauseAt('open')
for (let n = 0; n < Number(count); n += 1) {
  const id = `m-${n}`
  try {
    await provision(pausing(catalog), { id, url: `${url}/${id}`, checkpointEveryBytes: 64 * 1024 })
    pauseAt('done')
  } catch (error) {
    if (!isCatalogError(error, 'DIGEST_MISMATCH')) throw error
    pauseAt('quarantined')
    n -= 1
  }
}
await catalog.close()

/** The catalog, with a pause on both sides of each call that the provisioner makes. */
function pausing(open: Catalog): Catalog {
  const methods = (['begin', 'renew', 'finish'] as const).map((name) => {
    const method = async (...args: never[]): Promise<unknown> => {
      pauseAt(`before ${name}`)
      const result = await Reflect.apply(open.downloads[name], open.downloads, args)
      pauseAt(`after ${name}`)
      return result
    }
    return [name, method]
  })
  return Object.assign(Object.create(open), { downloads: Object.fromEntries(methods) })
}
