import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { bundleProgram } from './bundle.ts'
import { serveModel } from './model-server.ts'
import { createWorkspace } from './workspace.ts'

// KILLS=60 for a long run; SEED=n plays the same choices again.
const KILLS = Number(process.env['KILLS'] ?? 10)
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
const MIB = 1024 * 1024

/** mulberry32 */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Kill {
  /** After so many lines that it reported … */
  readonly afterLines: number
  /** … and so much later. */
  readonly laterMs: number
}

interface Played {
  readonly lines: readonly string[]
  readonly isKilled: boolean
  readonly errors: string
}

async function play(argv: readonly string[], kill: Kill | undefined): Promise<Played> {
  const child = spawn(process.execPath, [...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  const lines: string[] = []
  const errors: string[] = []
  child.stderr.on('data', (text) => errors.push(String(text)))
  const killLater = async (laterMs: number): Promise<void> => {
    if (laterMs > 0) await delay(laterMs)
    child.kill('SIGKILL')
  }
  if (kill?.afterLines === 0) void killLater(kill.laterMs)
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    if (lines.length === kill?.afterLines) void killLater(kill.laterMs)
  })
  const [, signal] = await ended
  return { lines, isKilled: signal === 'SIGKILL', errors: errors.join('') }
}

it(`a download killed ${KILLS} times ends with the right digest, going on where it was (SEED=${SEED})`, async () => {
  const random = createRandom(SEED)
  const directory = createWorkspace()
  const model = Buffer.alloc(6 * MIB * Math.ceil(KILLS / 10) + 4321)
  for (let at = 0; at + 4 <= model.length; at += 4) model.writeUInt32LE((random() * 2 ** 32) >>> 0, at)
  const digest = createHash('sha256').update(model).digest('hex')
  const source = readFileSync(new URL('./programs/download.ts', import.meta.url), 'utf8')
  const program = await bundleProgram(directory, source, { format: 'esm' })
  const path = join(directory, 'model.part')
  const argv = [program, await serveModel(model), path, digest]

  const offsets: number[] = []
  let resumed = 0
  const note = ({ lines, errors }: Played): void => {
    expect(errors).toBe('')
    const start = lines.find((line) => line.startsWith('start'))
    if (start === undefined) return
    const [, fromByte, reason] = start.split(' ')
    // A kill leaves nothing that is not believed: before the first checkpoint there is none.
    expect(['resumed', 'no-file', 'no-checkpoint']).toContain(reason)
    // It never loses a checkpoint that it had.
    expect(Number(fromByte)).toBeGreaterThanOrEqual(offsets.at(-1) ?? 0)
    offsets.push(Number(fromByte))
    if (reason === 'resumed') resumed += 1
    expect(lines).not.toContain('saved false')
  }

  let kills = 0
  while (kills < KILLS) {
    const afterLines = kills % 6
    const laterMs = Math.floor(random() * (afterLines === 0 ? 150 : 8))
    const played = await play(argv, { afterLines, laterMs })
    note(played)
    if (played.isKilled) {
      kills += 1
      continue
    }
    // It was done before the kill.
    expect(played.lines.at(-1)).toBe(`done ${digest} ${model.length}`)
    rmSync(path)
    offsets.length = 0
  }
  const last = await play(argv, undefined)
  note(last)
  expect(last.lines.at(-1)).toBe(`done ${digest} ${model.length}`)
  expect(readFileSync(path).equals(model)).toBe(true)
  expect(resumed).toBeGreaterThan(0)
  if (KILLS > 10) console.info(`${kills} kills, ${resumed} resumed, the last from ${offsets.join(' ')}`)
}, 600_000)
