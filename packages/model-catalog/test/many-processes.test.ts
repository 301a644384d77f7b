import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCatalog } from '../src/index.ts'
import { onLine, startProgram, untilExit } from './run-program.ts'

const PROCESSES = 8
const REGISTRATIONS = 1000
const KILLS = 24
/** Acknowledgements, over all processes, between two kills: so many at least, and up to twice as many. */
const ACKNOWLEDGED_BETWEEN_KILLS = 150

describe(`${PROCESSES} processes that register ${REGISTRATIONS} models each`, () => {
  let root = ''
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'catalog-processes-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  it(`lose no acknowledged one under ${KILLS} SIGKILLs`, { timeout: 300_000 }, async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
    console.info(`SEED=${seed} plays the same choice of victims again`)
    const random = createRandom(seed)
    const acknowledged = new Set<string>()
    const running = new Map<string, ChildProcess>()
    let kills = 0
    let killAt = nextKill(random, 0)

    const acknowledge = (id: string): void => {
      acknowledged.add(id)
      if (kills === KILLS || acknowledged.size < killAt) return
      const victims = [...running.values()]
      victims[Math.floor(random() * victims.length)]?.kill('SIGKILL')
      kills += 1
      killAt = nextKill(random, acknowledged.size)
    }

    /** Runs one process to its end, beginning again after its last acknowledgement each time it is killed. */
    const runToEnd = async (prefix: string): Promise<void> => {
      let next = 0
      while (next < REGISTRATIONS) {
        const args = [root, prefix, String(next), String(REGISTRATIONS)]
        const program = startProgram(new URL('./register-many.ts', import.meta.url), args)
        running.set(prefix, program)
        onLine(program, (line) => {
          next = Number(line) + 1
          acknowledge(`${prefix}-${line}`)
        })
        const { code, signal } = await untilExit(program)
        running.delete(prefix)
        if (signal !== 'SIGKILL') expect(code, `exit code of ${prefix}`).toBe(0)
      }
    }
    await Promise.all(Array.from({ length: PROCESSES }, (_, n) => runToEnd(`process-${n}`)))

    const catalog = await openCatalog({ root })
    const ids = (await catalog.list()).map(({ id }) => String(id))
    await catalog.close()
    expect(kills).toBe(KILLS)
    expect(acknowledged.size).toBe(PROCESSES * REGISTRATIONS)
    expect(new Set(ids)).toEqual(acknowledged)
    expect(ids).toHaveLength(PROCESSES * REGISTRATIONS)
    const view = JSON.parse(await readFile(join(root, 'catalog.json'), 'utf8'))
    expect(view.models).toHaveLength(PROCESSES * REGISTRATIONS)
  })
})

function nextKill(random: () => number, size: number): number {
  return size + Math.ceil(ACKNOWLEDGED_BETWEEN_KILLS * (1 + random()))
}

/** Mulberry32: the same numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
