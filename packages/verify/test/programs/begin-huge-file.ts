// node begin-huge-file.js <path> <engine> <bytes>: gives up after so many bytes of a huge file, and says what that took.
import { readFileSync } from 'node:fs'
import { type DigestEngine, digestFile } from '@catalog/verify'

const [path = '', engine = '', mostBytes = ''] = process.argv.slice(2)

/** Of this program alone. What `resourceUsage` tells is at least what the process had that started it. */
function readPeakBytes(): number {
  const status = readFileSync('/proc/self/status', 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1]) * 1024
}

const controller = new AbortController()
const totals = new Set<number>()
let reports = 0
let startBytes = 0
let lastBytes = 0
const ending = await digestFile(path, {
  engine: engine as DigestEngine,
  chunkMap: engine === 'native',
  signal: controller.signal,
  onProgress: ({ doneBytes, totalBytes }) => {
    if (reports === 0) startBytes = readPeakBytes()
    reports += 1
    totals.add(totalBytes)
    lastBytes = doneBytes
    if (doneBytes >= Number(mostBytes)) controller.abort('enough')
  },
}).catch((reason: unknown) => reason)
const grownBytes = readPeakBytes() - startBytes
console.log(JSON.stringify({ ending, totals: [...totals], reports, doneBytes: lastBytes, grownBytes }))
