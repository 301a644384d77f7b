import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const TSX = import.meta.resolve('tsx')

/** A process of its own, with every line that it prints handed over as it comes. */
export interface Program {
  readonly process: ChildProcess
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
}

/** Starts a program of this workspace; its name relative to this file. */
export function startProgram(
  name: string,
  args: readonly string[],
  onLine: (line: string) => void,
  environment: NodeJS.ProcessEnv = {},
): Program {
  const path = fileURLToPath(new URL(name, import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@catalog/source', '--import', TSX, path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  createInterface({ input: child.stdout }).on('line', onLine)
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  return { process: child, ended }
}
