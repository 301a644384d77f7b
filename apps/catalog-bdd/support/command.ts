import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { runCli } from '@catalog/cli'

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

/** Where a command runs: its directory, and the catalog that it finds there by itself. */
export interface Shell {
  readonly directory: string
  readonly root: string
}

/** Runs `catalog …` as a function, as a shell would run the program. */
export async function runCatalog(line: string, { directory, root }: Shell): Promise<CommandResult> {
  const [program, ...argv] = splitWords(line)
  if (program !== 'catalog') throw new Error(`only the command catalog can be run, not ${program}`)
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const ended = runCli({
    ...{ argv, stdout, stderr, directory },
    environment: { PATH: process.env['PATH'], HOME: directory, CATALOG_ROOT: root },
    signal: new AbortController().signal,
  }).finally(() => {
    stdout.end()
    stderr.end()
  })
  const [printed, told] = await Promise.all([text(stdout), text(stderr)])
  return { exitCode: await ended, stdout: printed, stderr: told }
}

/** The words of a command line; `'…'` holds spaces together. */
function splitWords(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|[^\s']+/gu)].map(([word, quoted]) => quoted ?? word)
}
