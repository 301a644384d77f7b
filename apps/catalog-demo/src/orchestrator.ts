// ORCHESTRATOR root id…: watches the catalog that another process changes, until each of the models is settled.
import { setTimeout as delay } from 'node:timers/promises'
import { openCatalog } from 'model-catalog'

const [root = '', ...ids] = process.argv.slice(2)
await using catalog = await openCatalog({ root })
const seen = new Map<string, string>()
console.log(`watching ${ids.join(', ')}`)

while (ids.some((id) => !['Active', 'Failed'].includes(seen.get(id) ?? ''))) {
  for (const id of ids) {
    const entry = await catalog.get(id)
    if (entry === undefined || entry.state === seen.get(id)) continue
    seen.set(id, entry.state)
    const what =
      entry.state === 'Active' ? `can serve it from ${await catalog.modelPath(id)}` : 'will not serve it'
    console.log(`sees ${id} become ${entry.state} and ${what}`)
  }
  await delay(20)
}
