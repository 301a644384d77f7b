import { openFileStore } from '@catalog/store-fs'
import { parseModelId } from '@catalog/types'

// Opens the catalog of a root, gets one entry, and tells the time of both in ms and the memory it took in bytes.
const [root = '.', id = ''] = process.argv.slice(2)
const startedAt = performance.now()
const store = await openFileStore({ root })
const entry = await store.get(parseModelId(id))
const openMs = performance.now() - startedAt
if (entry === undefined) throw new Error(`no entry ${id}`)
console.log(JSON.stringify({ openMs, peakBytes: process.resourceUsage().maxRSS * 1024 }))
await store.close()
