import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { bundleProgram } from '@catalog/testkit/running'
import { expect } from 'vitest'
import { serveModel } from './model-server.ts'
import { createBytes, createWorkspace } from './workspace.ts'

/** Asked before each step of the program: `true` kills it there, a number so many milliseconds later. */
type KillAt = (step: string) => boolean | number

export interface KilledDownload {
  /**
   * Starts the download, or goes on with it. Checks that it goes on where it was, and of one that was not killed that it
   * is right; the next one then starts over. Resolves to how it ended, and the byte that it began with.
   */
  run(killAt?: KillAt): Promise<{ readonly isKilled: boolean; readonly fromByte: number }>
  /** Forgets what was downloaded so far. */
  startOver(): void
}

/** A download by a program that reports its steps: see programs/download.ts. */
export async function openKilledDownload(sizeBytes: number): Promise<KilledDownload> {
  const model = createBytes(sizeBytes)
  const digest = createHash('sha256').update(model).digest('hex')
  const program = await bundleProgram(new URL('./programs/download.ts', import.meta.url))
  const path = join(createWorkspace(), 'model.part')
  const args = [program.path, await serveModel(model), path, digest]
  let reachedByte = 0

  function startOver(): void {
    reachedByte = 0
    for (const name of [path, `${path}.checkpoint`, `${path}.checkpoint.new`]) rmSync(name, { force: true })
  }

  async function run(killAt: KillAt = () => false): Promise<{ isKilled: boolean; fromByte: number }> {
    const steps: string[] = []
    const isKilled = await runUntilStep(
      spawn(program.node, args, { stdio: ['pipe', 'pipe', 'inherit'] }),
      (step) => {
        steps.push(step)
        return killAt(step)
      },
    )
    const fromByte = checkStart(steps)
    expect(steps).not.toContain('saved false')
    if (isKilled) return { isKilled, fromByte }
    expect(steps.at(-1)).toBe(`done ${digest} ${sizeBytes}`)
    expect(readFileSync(path).equals(model)).toBe(true)
    startOver()
    return { isKilled, fromByte }
  }

  /** The byte that it went on with; it never loses a checkpoint that it had. */
  function checkStart(steps: readonly string[]): number {
    const start = steps.find((step) => step.startsWith('start'))
    if (start === undefined) return reachedByte
    const [, fromByte, reason] = start.split(' ')
    // A kill leaves nothing that is not believed: before the first checkpoint there is none.
    expect(['resumed', 'no-file', 'no-checkpoint']).toContain(reason)
    expect(Number(fromByte)).toBeGreaterThanOrEqual(reachedByte)
    reachedByte = Number(fromByte)
    return reachedByte
  }

  return { run, startOver }
}

/** Runs a program that pauses before each of its steps. Resolves to whether it was killed before its end. */
async function runUntilStep(program: ChildProcess, killAt: KillAt): Promise<boolean> {
  if (program.stdout === null || program.stdin === null) return expect.unreachable('it has no pipes')
  const { stdin } = program
  // Written to a program that was just killed.
  stdin.on('error', () => undefined)
  createInterface({ input: program.stdout }).on('line', (step) => {
    const kill = killAt(step)
    if (kill === true) return void program.kill('SIGKILL')
    stdin.write('\n')
    if (kill !== false) setTimeout(() => program.kill('SIGKILL'), kill)
  })
  const [code, signal] = await once(program, 'close')
  if (signal !== 'SIGKILL') expect(code).toBe(0)
  return signal === 'SIGKILL'
}
