import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { bundleProgram } from '@catalog/testkit/running'
import { afterEach } from 'vitest'

/** A program of the tests in a process of its own. */
export interface RunningProgram {
  readonly process: ChildProcess
  /** The lines that it has printed. */
  readonly lines: readonly string[]
  /** Resolves when it has printed so many lines. Rejects if it ends before. */
  untilLines(count: number): Promise<void>
  /** Resolves to how it ended, when all that it printed is read: a code or a signal. */
  readonly ended: Promise<number | string>
}

const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts `programs/<name>.ts`; a `command` in front has it started by another program. */
export async function startProgram(
  name: string,
  args: readonly string[],
  command: readonly string[] = [],
): Promise<RunningProgram> {
  const bundled = await bundleProgram(new URL(`./programs/${name}.ts`, import.meta.url))
  const [program = '', ...rest] = [...command, bundled.node, bundled.path, ...args]
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.on('error', () => undefined)
  running.add(child)
  const lines: string[] = []
  const printed = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const ended = once(child, 'close').then(([code, signal]): number | string => {
    running.delete(child)
    return code ?? signal
  })
  return {
    ...{ process: child, lines, ended },
    async untilLines(count) {
      const early = ended.then((how) =>
        Promise.reject(new Error(`${name} ended with ${how}: ${lines.join()}`)),
      )
      early.catch(() => undefined)
      while (lines.length < count) await Promise.race([once(printed, 'line'), early])
    },
  }
}
