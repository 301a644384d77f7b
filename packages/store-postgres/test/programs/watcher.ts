/** Prints position and id of each change, from the first one to so many. */
import { openPostgresStore } from '../../src/postgres-store.ts'

const [connectionString, schema, count] = process.argv.slice(2)
const store = await openPostgresStore({ connectionString, schema, readOnly: true })
let left = Number(count)
for await (const { position, id, revision } of store.watch({ since: 0 })) {
  console.log(`${position} ${id} ${revision}`)
  left -= 1
  if (left === 0) break
}
await store.close()
