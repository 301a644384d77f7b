// Registers models PREFIX-FROM … PREFIX-(TO - 1), one durable commit after another, and prints each number once
// its registration was acknowledged.
import { isCatalogError, openCatalog } from '../src/index.ts'

const [root = '', prefix = '', from = '0', to = '0'] = process.argv.slice(2)
const catalog = await openCatalog({ root })
for (let n = Number(from); n < Number(to); n += 1) {
  try {
    await catalog.register({ id: `${prefix}-${n}`, source: 'https://example.com/model.gguf' })
  } catch (error) {
    // A run that was killed after its commit and before its acknowledgement.
    if (n !== Number(from) || !isCatalogError(error, 'ALREADY_EXISTS')) throw error
  }
  process.stdout.write(`${n}\n`)
}
await catalog.close()
