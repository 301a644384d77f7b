// REGISTRAR root: registers models one after another for ever, and says of each that it was acknowledged.
import { openCatalog } from 'model-catalog'

const [root = ''] = process.argv.slice(2)
const catalog = await openCatalog({ root })
for (let n = 0; ; n += 1) {
  const id = `nightly/model-${String(n).padStart(4, '0')}`
  await catalog.register({ id, source: `https://example.com/${id}.gguf` })
  process.stdout.write(`${id}\n`)
}
