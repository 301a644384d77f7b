import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bundleProgram } from './bundle.ts'
import { createSparseFile, createWorkspace } from './workspace.ts'

const MIB = 1024 * 1024
const HUGE_BYTES = 400e9
/** Node and a thread take some 80 MiB; a file of which more is kept than a few pieces takes more than that. */
const MOST_BYTES = 160 * MIB

const PROGRAM = `
import { digestFile } from '@catalog/verify'
async function main([path, engine, mostBytes]) {
  const controller = new AbortController()
  const found = { totals: [], reports: 0, doneBytes: 0 }
  const onProgress = ({ doneBytes, totalBytes }) => {
    found.reports += 1
    found.totals.push(totalBytes)
    found.doneBytes = doneBytes
    if (doneBytes >= Number(mostBytes)) controller.abort('enough')
  }
  const chunkMap = engine === 'native'
  const options = { engine, chunkMap, onProgress, signal: controller.signal }
  found.ending = await digestFile(path, options).catch((reason) => reason)
  found.totals = [...new Set(found.totals)]
  found.peakBytes = process.resourceUsage().maxRSS * 1024
  console.log(JSON.stringify(found))
}
void main(process.argv.slice(2))
`

describe('a file of 400 GB', () => {
  it.each([
    ['native', 1024 * MIB],
    ['wasm', 256 * MIB],
  ])('is begun at once, reported, given up in the middle and never held, %s', async (engine, mostBytes) => {
    const directory = createWorkspace()
    const program = await bundleProgram(directory, PROGRAM, { format: 'esm' })
    const path = createSparseFile(join(directory, 'model.gguf'), HUGE_BYTES)
    const args = [program, path, engine, String(mostBytes)]
    const found = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
    expect(found).toMatchObject({ ending: 'enough', totals: [HUGE_BYTES] })
    expect(found.reports).toBeGreaterThan(1)
    expect(found.doneBytes).toBeGreaterThanOrEqual(mostBytes)
    expect(found.doneBytes).toBeLessThan(HUGE_BYTES / 10)
    expect(found.peakBytes).toBeLessThan(MOST_BYTES)
  })
})
