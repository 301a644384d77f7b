// PROVISIONER root id url digest: registers a model, downloads it, has it verified, and says how it went.
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isCatalogError, openCatalog } from 'model-catalog'

const [root = '', id = '', source = '', digest = ''] = process.argv.slice(2)
await using catalog = await openCatalog({ root })

const registered = await catalog.register({ id, source, digest, actor: 'provisioner' })
console.log(`registered ${id}: ${registered.state}`)

const path = await catalog.modelPath(id)
const sizeBytes = await download(source, path)
console.log(`downloaded ${(sizeBytes / 1e6).toFixed(0)} MB to ${path}`)

try {
  const startedAt = performance.now()
  const verified = await catalog.verify(id, path, { actor: 'provisioner' })
  const seconds = (performance.now() - startedAt) / 1000
  console.log(`verified ${id}: ${verified.state} after ${seconds.toFixed(2)} s of reading it back`)
} catch (error) {
  if (!isCatalogError(error, 'DIGEST_MISMATCH')) throw error
  console.log(`refused ${id}: ${error.code}`)
}

/** Under another name until every byte is on disk: no reader ever finds half a model under its own. */
async function download(url: string, target: string): Promise<number> {
  await mkdir(dirname(target), { recursive: true })
  const response = await fetch(url)
  if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`)
  const file = await open(`${target}.partial`, 'w')
  let bytes = 0
  for await (const piece of response.body) {
    await file.writeFile(piece)
    bytes += piece.length
  }
  await file.sync()
  await file.close()
  await rename(`${target}.partial`, target)
  return bytes
}
