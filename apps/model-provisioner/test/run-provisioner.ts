import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { bundleProgram } from '@catalog/testkit/running'

/** A real provisioner, as a process of its own. */
export interface RunningProvisioner {
  readonly process: ChildProcess
  /** Its standard output so far, a JSON object a line. */
  readonly lines: readonly Record<string, unknown>[]
  readonly stderr: () => string
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** The first line of which this holds. */
  line(matches: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>
}

export async function startProvisioner(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<RunningProvisioner> {
  const { node, path } = await bundleProgram(new URL('../src/main.ts', import.meta.url))
  const child = spawn(node, [path, ...args], { env: { ...process.env, ...env } })
  const lines: Record<string, unknown>[] = []
  const waiting = new Set<(line: Record<string, unknown>) => void>()
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Record<string, unknown>
    lines.push(line)
    for (const tell of waiting) tell(line)
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  return {
    process: child,
    lines,
    stderr: () => stderr,
    ended,
    line: (matches) =>
      new Promise((resolve, reject) => {
        const found = lines.find(matches)
        if (found !== undefined) return resolve(found)
        const tell = (line: Record<string, unknown>): void => {
          if (!matches(line)) return
          waiting.delete(tell)
          resolve(line)
        }
        waiting.add(tell)
        void ended.then((end) => reject(new Error(`it ended with ${end} before: ${stderr}`)))
      }),
  }
}
