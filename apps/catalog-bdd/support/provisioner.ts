import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { bundleProgram } from '@catalog/testkit/running'

const PROGRAM = new URL('../../model-provisioner/src/main.ts', import.meta.url)

type Line = Readonly<Record<string, unknown>>

/** The program `model-provisioner`, as a process of its own. */
export class RunningProvisioner {
  readonly exitCode: Promise<unknown>
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(child: ChildProcess, lines: AsyncIterator<string>) {
    this.#child = child
    this.#lines = lines
    this.exitCode = once(child, 'close').then(([code]) => code)
  }

  static async start(root: string, args: readonly string[]): Promise<RunningProvisioner> {
    const { node, path } = await bundleProgram(PROGRAM)
    const child = spawn(node, [path, ...args, '--root', root], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    return new RunningProvisioner(child, lines)
  }

  /** The next line that it says. */
  async line(): Promise<Line> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error('the provisioner has ended')
    return JSON.parse(value) as Line
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.exitCode
  }
}
