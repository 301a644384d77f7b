import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A writer in a process of its own, that takes one step at a time. */
export interface LimitedProcess {
  readonly pid: number
  /** How the step came out: `done`, a number, or the code and details of the error. */
  step(name: string, id?: string): Promise<unknown>
  end(): void
}

export const canLimit: boolean = process.platform === 'linux' && spawnSync('prlimit', ['-V']).status === 0

/** Starts the writer under limits, as `prlimit` takes them, or as another user. */
export function startLimited(
  root: string,
  { limits = [], user }: { limits?: readonly string[]; user?: number },
): LimitedProcess {
  const program = fileURLToPath(new URL('./limited-writer.ts', import.meta.url))
  const node = [process.execPath, '--conditions=@catalog/source', '--import', import.meta.resolve('tsx')]
  const [command = '', ...args] = [
    ...(limits.length > 0 ? ['prlimit', ...limits] : []),
    ...node,
    program,
    root,
  ]
  const child = spawn(command, args, {
    env: { ...process.env, HOME: '/nonexistent' },
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(user !== undefined && { uid: user, gid: user }),
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    pid: child.pid ?? -1,
    async step(name, id = '') {
      child.stdin.write(`${name} / ${id}\n`)
      return JSON.parse(String((await lines.next()).value))
    },
    end: () => child.stdin.end(),
  }
}
