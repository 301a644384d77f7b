import { readFileSync } from 'node:fs'

// Reads a catalog.json with JSON.parse, and tells the time in ms and the memory it took in bytes.
const [path = '', id = ''] = process.argv.slice(2)
const startedAt = performance.now()
const { models } = JSON.parse(readFileSync(path, 'utf8')) as { models: { id: string }[] }
const entry = models.find((model) => model.id === id)
const openMs = performance.now() - startedAt
if (entry === undefined) throw new Error(`no entry ${id}`)
console.log(JSON.stringify({ openMs, peakBytes: process.resourceUsage().maxRSS * 1024 }))
