import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { bundleProgram } from '@catalog/testkit/running'

/** A writer in a process of its own, that takes one step at a time. */
export interface LimitedProcess {
  readonly pid: number
  /** How the step came out: `done`, a number, or the code and details of the error. */
  step(name: string, id?: string): Promise<unknown>
  /** Resolves when the process has ended. */
  end(): Promise<void>
}

/** Starts the writer under limits, as `prlimit` takes them, or as another user. */
export async function startLimited(
  root: string,
  { limits = [], user, group = user }: { limits?: readonly string[]; user?: number; group?: number },
): Promise<LimitedProcess> {
  const { node, path } = await bundleProgram(new URL('./limited-writer.ts', import.meta.url))
  const [command = '', ...args] = [...(limits.length > 0 ? ['prlimit', ...limits] : []), node, path, root]
  const child = spawn(command, args, {
    env: { ...process.env, HOME: '/nonexistent' },
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(user !== undefined && { uid: user, gid: group }),
  })
  const ended = once(child, 'close')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    pid: child.pid ?? -1,
    async step(name, id = '') {
      child.stdin.write(`${name} / ${id}\n`)
      return JSON.parse(String((await lines.next()).value))
    },
    async end() {
      child.stdin.end()
      await ended
    },
  }
}
