import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { ProgramLine } from './lines.ts'

interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The end of what it wrote to standard error. */
  readonly errors: string
}

/** A program that was started as a process of its own. */
export interface RunningProgram {
  readonly pid: number
  /** Resolves when it has ended and all its output was handed over. */
  readonly ended: Promise<Exit>
  /** Closes its standard input, which the programs here take as the word to come to an end. */
  finish(): void
  signal(name: NodeJS.Signals): void
}

/** Starts `command`; every line that it prints is handed over as it comes. */
export function startProcess(
  command: readonly string[],
  onLine: (line: ProgramLine) => void,
): RunningProgram {
  const [file = '', ...args] = command
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => undefined)
  createInterface({ input: child.stdout }).on('line', (line) => onLine(JSON.parse(line) as ProgramLine))
  return {
    pid: child.pid ?? -1,
    ended: untilEnded(child),
    finish: () => child.stdin.end(),
    signal: (name) => {
      child.kill(name)
    },
  }
}

function untilEnded(child: ChildProcess): Promise<Exit> {
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    errors = (errors + piece).slice(-4000)
  })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: -1, signal: null, errors: error.message }))
    child.once('close', (code, signal) => resolve({ code, signal, errors }))
  })
}
