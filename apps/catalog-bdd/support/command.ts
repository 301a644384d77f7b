import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { bundleProgram } from '@catalog/testkit/running'

const ENTRY = new URL('../../catalog-cli/src/main.ts', import.meta.url)

/** What a command has printed, and how it ended. */
export interface CommandResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A command that did not end with 0. */
export class CommandFailure extends Error {
  readonly result: CommandResult

  constructor(line: string, result: CommandResult) {
    super(`${line} ended with ${result.exitCode}: ${result.stderr}`)
    this.name = 'CommandFailure'
    this.result = result
  }
}

/** What a process of the program starts with. */
export interface Shell {
  /** Its working directory, and its home. */
  readonly directory: string
  /** The catalog that its environment names. */
  readonly root: string
  /** More of its environment. */
  readonly environment?: NodeJS.ProcessEnv | undefined
  /** Its standard input, which is empty otherwise. */
  readonly input?: string | undefined
}

/** A process of the program `catalog`, started as a shell does: with its own arguments, environment and standard input. */
export class RunningCommand {
  /** Rejects if a signal ended it. */
  readonly ended: Promise<CommandResult>
  readonly #child: ChildProcessWithoutNullStreams
  #stdout = ''
  #stderr = ''

  private constructor(child: ChildProcessWithoutNullStreams, line: string) {
    this.#child = child
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.ended = once(child, 'close').then(([exitCode, signal]) => {
      if (exitCode === null) throw new Error(`${line} was ended by ${signal}: ${this.#stderr}`)
      return { exitCode, stdout: this.#stdout, stderr: this.#stderr }
    })
    this.ended.catch(() => undefined)
  }

  static async start(line: string, shell: Shell): Promise<RunningCommand> {
    const [name, ...args] = splitWords(line)
    if (name !== 'catalog') throw new Error(`only the command catalog can be run, not ${name}`)
    const [program = '', ...before] = await findProgram()
    const { directory, root, environment, input } = shell
    const child = spawn(program, [...before, ...args], {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: directory, CATALOG_ROOT: root, ...environment },
      stdio: 'pipe',
    })
    // The program may end before it has read this.
    child.stdin.on('error', () => undefined).end(input ?? '')
    return new RunningCommand(child, line)
  }

  /** Resolves once it has printed this, on either stream. Rejects if it ends before. */
  async hasPrinted(text: string): Promise<void> {
    const { stdout, stderr } = this.#child
    while (!this.#stdout.includes(text) && !this.#stderr.includes(text)) {
      const events = [once(stdout, 'data'), once(stderr, 'data')].map((event) => event.then(() => false))
      const isOver = await Promise.race([...events, this.ended.then(() => true)])
      if (isOver) throw new Error(`it has ended, and not printed ${text}: ${this.#stdout}${this.#stderr}`)
    }
  }

  /** What Ctrl-C does. */
  interrupt(): void {
    this.#child.kill('SIGINT')
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended.catch(() => undefined)
  }
}

/** Runs `catalog …` to its end. */
export async function runCatalog(line: string, shell: Shell): Promise<CommandResult> {
  const command = await RunningCommand.start(line, shell)
  return await command.ended
}

/** What to start: `$CATALOG_PROGRAM`, as it is installed somewhere, or else a bundle of the program's sources. */
async function findProgram(): Promise<readonly string[]> {
  const installed = process.env['CATALOG_PROGRAM'] ?? ''
  if (installed !== '') return [installed]
  const { node, path } = await bundleProgram(ENTRY)
  return [node, path]
}

/** The words of a command line; `'…'` holds spaces together. */
function splitWords(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|[^\s']+/gu)].map(([word, quoted]) => quoted ?? word)
}
