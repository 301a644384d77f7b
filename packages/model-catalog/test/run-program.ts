import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const TSX = import.meta.resolve('tsx')

/** Starts a TypeScript program beside the tests as a process of its own. */
export function startProgram(
  file: string | URL,
  args: readonly string[] = [],
  options: { cwd?: string; environment?: NodeJS.ProcessEnv } = {},
): ChildProcess {
  const path = typeof file === 'string' ? file : fileURLToPath(file)
  return spawn(process.execPath, ['--conditions=@catalog/source', '--import', TSX, path, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
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
