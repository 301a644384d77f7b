import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { toNodeArguments } from './node-program.ts'

/** What a command has printed, and how it ended. */
export interface CommandResult {
  readonly exitCode: number | null
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

/** Where a command runs: its directory, and the catalog that it finds there by itself. */
export interface Shell {
  readonly directory: string
  readonly root: string
}

/** Runs `catalog …` from source as a process of its own, as a shell would. */
export async function runCatalog(line: string, { directory, root }: Shell): Promise<CommandResult> {
  const [program, ...args] = splitWords(line)
  if (program !== 'catalog') throw new Error(`only the command catalog can be run, not ${program}`)
  const child = spawn(process.execPath, toNodeArguments('../catalog-cli/src/main.ts', args), {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, CATALOG_ROOT: root },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  const [stdout, stderr] = await Promise.all([readAll(child.stdout), readAll(child.stderr)])
  await ended
  return { exitCode: child.exitCode, stdout, stderr }
}

/** The words of a command line; `'…'` holds spaces together. */
function splitWords(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|[^\s']+/gu)].map(([word, quoted]) => quoted ?? word)
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const piece of stream.setEncoding('utf8')) text += piece
  return text
}
