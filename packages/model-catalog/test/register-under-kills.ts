import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, seedOfRun } from '@catalog/testkit/running'
import { expect, onTestFinished } from 'vitest'
import { openCatalog } from '../src/index.ts'
import { onLine, startProgram, untilExit } from './run-program.ts'

export interface ManyProcesses {
  readonly processes: number
  /** Models that each of them registers. */
  readonly registrations: number
  readonly kills: number
  /** Acknowledgements, over all processes, between two kills: so many at least, and up to twice as many. */
  readonly acknowledgedBetweenKills: number
}

/** Has processes register models at once, kills some of them, and looks for every acknowledged one. */
export async function registerUnderKills({
  processes,
  registrations,
  kills,
  acknowledgedBetweenKills,
}: ManyProcesses): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'catalog-processes-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const random = createRandom(seedOfRun())
  const nextKill = (size: number): number => size + Math.ceil(acknowledgedBetweenKills * (1 + random()))
  const acknowledged = new Set<string>()
  const running = new Map<string, ChildProcess>()
  let killed = 0
  let killAt = nextKill(0)

  const acknowledge = (id: string): void => {
    acknowledged.add(id)
    if (killed === kills || acknowledged.size < killAt) return
    const victims = [...running.values()]
    victims[Math.floor(random() * victims.length)]?.kill('SIGKILL')
    killed += 1
    killAt = nextKill(acknowledged.size)
  }

  /** Runs one process to its end, beginning again after its last acknowledgement each time it is killed. */
  const runToEnd = async (prefix: string): Promise<void> => {
    let next = 0
    while (next < registrations) {
      const args = [root, prefix, String(next), String(registrations)]
      const program = await startProgram(new URL('./register-many.ts', import.meta.url), args)
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
  await Promise.all(Array.from({ length: processes }, (_, n) => runToEnd(`process-${n}`)))

  const catalog = await openCatalog({ root })
  const ids = (await catalog.list()).map(({ id }) => String(id))
  await catalog.close()
  expect(killed).toBe(kills)
  expect(acknowledged.size).toBe(processes * registrations)
  expect(new Set(ids)).toEqual(acknowledged)
  expect(ids).toHaveLength(processes * registrations)
  const view = JSON.parse(await readFile(join(root, 'catalog.json'), 'utf8'))
  expect(view.models).toHaveLength(processes * registrations)
}
