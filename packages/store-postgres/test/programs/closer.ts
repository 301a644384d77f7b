/** Watches a catalog, waits for a line, and closes the store: then nothing is left to do. */
import { once } from 'node:events'
import { openPostgresStore } from '../../src/postgres-store.ts'

const [connectionString, schema, timeoutMs] = process.argv.slice(2)
const store = await openPostgresStore({ connectionString, schema, timeoutMs: Number(timeoutMs) })
const watch = store.watch({ since: 0 })
const next = watch.next().catch(() => undefined)
await store.refresh()
console.log('ready')
await once(process.stdin, 'data')
process.stdin.destroy()
await store.close()
await next
