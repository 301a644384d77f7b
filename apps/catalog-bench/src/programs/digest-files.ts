import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createVerifier } from '@catalog/verify'

/** How often the event loop is looked at, in ms: what a delay of nothing at all shows as. */
const RESOLUTION_MS = 1

// Digests the files that are listed in a file, and tells how long the event loop kept others waiting (ms) and the
// memory that it took (bytes).
const [list = ''] = process.argv.slice(2)
const paths = readFileSync(list, 'utf8').split('\n')
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()
await using verifier = createVerifier()
await Promise.all(paths.map((path) => verifier.digestFile(path)))
delay.disable()
const delayMs = Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS)
console.log(JSON.stringify({ delayMs, peakBytes: process.resourceUsage().maxRSS * 1024 }))
