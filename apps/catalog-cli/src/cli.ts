import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { CommanderError } from 'commander'
import { CliError } from './cli-errors.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { type Interruption, listenForInterruption } from './interruption.ts'
import type { Invocation } from './invocation.ts'
import { Output } from './output.ts'
import { findCallerDirectory } from './paths.ts'
import { formatProblem, type Problem, toJsonProblem } from './problem.ts'
import { type ChangingOptions, createProgram } from './program.ts'
import { isHelp, toUsageProblem } from './usage-error.ts'

/** Runs the command line, `argv` without the program's own name; resolves to the exit code and never rejects. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const interruption = listenForInterruption()
  try {
    return await parseAndRun(argv, interruption)
  } catch (error) {
    return await report(error, argv)
  } finally {
    interruption.stop()
  }
}

async function parseAndRun(argv: readonly string[], { signal, flush }: Interruption): Promise<number> {
  let exitCode: number = EXIT_CODES.OK
  const program = createProgram(async (options, work) => {
    exitCode = (await work(createInvocation(options, signal))) ?? EXIT_CODES.OK
  })
  if (argv.length === 0) {
    program.outputHelp({ error: true })
    return EXIT_CODES.USAGE
  }
  await program.parseAsync(argv, { from: 'user' })
  await flush()
  return exitCode
}

function createInvocation(options: ChangingOptions, signal: AbortSignal): Invocation {
  const { stdout, stderr, env: environment } = process
  const directory = findCallerDirectory(environment, process.cwd())
  const resolvePath = (path: string): string => resolve(directory, path)
  return {
    output: new Output({ stdout, stderr, environment, json: options.json ?? false }),
    root: options.root === undefined ? undefined : resolvePath(options.root),
    resolvePath,
    signal,
    actor: options.actor ?? environment['CATALOG_ACTOR'] ?? findLoginName(),
    reason: options.reason,
  }
}

/** A container may run under a user without a name. */
function findLoginName(): string | undefined {
  try {
    return userInfo().username || undefined
  } catch {
    return undefined
  }
}

async function report(error: unknown, argv: readonly string[]): Promise<number> {
  if (error instanceof CommanderError && isHelp(error)) return EXIT_CODES.OK
  if (error instanceof CliError && error.code === 'OUTPUT_CLOSED') return EXIT_CODES.OUTPUT_CLOSED
  const { stack, ...problem } = await toProblem(error)
  const isJson = argv.includes('--json')
  const text = isJson ? JSON.stringify({ error: toJsonProblem(problem) }, null, 2) : formatProblem(problem)
  process.stderr.write(`${text}\n`)
  if (stack !== undefined && isDebug(argv)) process.stderr.write(`${stack}\n`)
  return problem.exitCode
}

/** The library is needed to tell its errors; after wrong usage it would be loaded for nothing. */
async function toProblem(error: unknown): Promise<Problem> {
  if (error instanceof CommanderError) return toUsageProblem(error)
  const problems = await import('./to-problem.ts')
  return problems.toProblem(error)
}

function isDebug(argv: readonly string[]): boolean {
  return argv.includes('--debug') || process.env['CATALOG_DEBUG'] === '1'
}
