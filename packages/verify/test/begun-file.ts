import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { bundleProgram } from '@catalog/testkit/running'
import { expect } from 'vitest'
import { createSparseFile, createWorkspace } from './workspace.ts'

const MIB = 1024 * 1024
const HUGE_BYTES = 400e9
/** Two threads and their buffers take some 25 MiB; a file of which more is kept than a few pieces takes more. */
const MOST_BYTES = { native: 44 * MIB, wasm: 28 * MIB } as const

/**
 * Begins the digest of a file of 400 GB in a program of its own and gives it up after so many bytes: it has begun at
 * once, reported, and never held the file. Needs `proc`.
 */
export async function expectBegun(engine: 'native' | 'wasm', mostBytes: number): Promise<void> {
  const { node, path: program } = await bundleProgram(
    new URL('./programs/begin-huge-file.ts', import.meta.url),
  )
  const path = createSparseFile(join(createWorkspace(), 'model.gguf'), HUGE_BYTES)
  const args = [program, path, engine, String(mostBytes)]
  const found = JSON.parse(execFileSync(node, args, { encoding: 'utf8' }))
  expect(found).toMatchObject({ ending: 'enough', totals: [HUGE_BYTES] })
  expect(found.reports).toBeGreaterThan(1)
  expect(found.doneBytes).toBeGreaterThanOrEqual(mostBytes)
  expect(found.doneBytes).toBeLessThan(HUGE_BYTES / 10)
  expect(found.grownBytes).toBeLessThan(MOST_BYTES[engine])
}
