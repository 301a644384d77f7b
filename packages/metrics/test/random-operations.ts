// Does COUNT random operations on the models of ROOT, as SEED says. Codes that a race or a bad file leads to are not
// failures.
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { createRandom } from '@catalog/testkit/running'
import { isCatalogError, openCatalog } from 'model-catalog'

const [root = '', seed = '1', count = '1'] = process.argv.slice(2)
const random = createRandom(Number(seed))
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
const catalog = await openCatalog({ root })

let n = 0
const OPERATIONS: readonly ((id: string) => Promise<unknown>)[] = [
  (id) => catalog.register({ id, source: 'hf:org/model', file: `${id}.gguf` }),
  (id) => writeFile(join(root, `${id}.gguf`), sampleGguf(pick([1, 2]), { sizeBytes: 8192 })),
  (id) => rm(join(root, `${id}.gguf`), { force: true }),
  (id) => catalog.verify(id),
  (id) => catalog.verify(id),
  (id) => catalog.update(id, { tags: [`turn-${n}`] }),
  (id) => catalog.setState(id, pick(['Active', 'Retired', 'Failed', 'Pending'])),
  (id) => catalog.remove(id),
  (id) => catalog.leases.take(id, { holder: seed, forMs: 60_000 }),
  () => catalog.upkeep.audit(),
]

for (; n < Number(count); n += 1) {
  try {
    await pick(OPERATIONS)(`model-${Math.floor(random() * 6)}`)
  } catch (error) {
    if (!isCatalogError(error)) throw error
  }
}
await catalog.close()
