import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { bundleProgram } from '@catalog/testkit/running'

/** Starts a TypeScript program beside the tests as a process of its own. */
export async function startProgram(
  file: URL,
  args: readonly string[] = [],
  options: { cwd?: string; environment?: NodeJS.ProcessEnv } = {},
): Promise<ChildProcess> {
  const { node, path } = await bundleProgram(file)
  return spawn(node, [path, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

/** Hands over every line that the process prints, as it comes. */
export function onLine(program: ChildProcess, listen: (line: string) => void): void {
  if (program.stdout !== null) createInterface({ input: program.stdout }).on('line', listen)
}

/** How the process ended, once all its output has been read. */
export function untilExit(program: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    program.once('error', reject)
    program.once('close', (code, signal) => resolve({ code, signal }))
  })
}

/**
 * Runs a program that calls `pauseAt` before each of its steps, and kills it at the first one that `isLast` says so
 * of: there, or, if `isLast` gives a number, so many milliseconds after it was let go on. Resolves to whether it was
 * killed before its end.
 */
export async function runUntilStep(
  program: ChildProcess,
  isLast: (step: string) => boolean | number,
): Promise<boolean> {
  onLine(program, (step) => {
    const last = isLast(step)
    if (last === true) return void program.kill('SIGKILL')
    program.stdin?.write('\n')
    if (last !== false) setTimeout(() => program.kill('SIGKILL'), last)
  })
  // Written to a program that was just killed.
  program.stdin?.on('error', () => undefined)
  const { code, signal } = await untilExit(program)
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the program ended with ${code ?? signal}`)
  return signal === 'SIGKILL'
}
