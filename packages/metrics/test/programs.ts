import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { bundleProgram } from '@catalog/testkit/running'

/** A program beside the tests that runs as a process of its own, and prints lines. */
export interface RunningProgram {
  /** The next line that it prints. */
  nextLine(): Promise<string>
  /** Resolves once it ended by itself. Rejects if it failed. */
  ended(): Promise<void>
  kill(): Promise<void>
}

export async function startProgram(file: URL, ...args: readonly string[]): Promise<RunningProgram> {
  const { node, path } = await bundleProgram(file)
  const program = spawn(node, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]()
  const closed = once(program, 'close')
  return {
    async nextLine() {
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`${file} ended`)
      return String(value)
    },
    async ended() {
      const [code, signal] = await closed
      if (code !== 0) throw new Error(`${file} ended with ${code ?? signal}`)
    },
    kill: () => kill(program, closed),
  }
}

async function kill(program: ChildProcess, closed: Promise<unknown>): Promise<void> {
  program.kill('SIGKILL')
  await closed
}
