import { userInfo } from 'node:os'
import { delimiter, resolve } from 'node:path'
import { CommanderError } from 'commander'
import { findCallerDirectory } from './files/paths.ts'
import type { ChangingOptions, GlobalOptions } from './options/command-options.ts'
import type { Invocation } from './options/invocation.ts'
import { findStoreUrl, parseSymlinkPolicy } from './options/option-values.ts'
import { Output, type Sink } from './output/output.ts'
import { type OutputStream, watchOutput } from './output/output-streams.ts'
import { askOnTerminal, type Terminal } from './output/terminal-question.ts'
import { CliError } from './problem/cli-errors.ts'
import { EXIT_CODES } from './problem/exit-codes.ts'
import { formatProblem, type Problem, toJsonProblem } from './problem/problem.ts'
import { isHelp, toUsageProblem } from './problem/usage-error.ts'
import { createProgram } from './program.ts'
import { toPrintable } from './text/printable.ts'

/** What a run of the program depends on: nothing else of the process is read or written. */
export interface CliContext {
  /** The command line without the program's own name. */
  readonly argv: readonly string[]
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  /** Where answers and the bytes of `digest -` come from; absent if there are none. */
  readonly stdin?: Terminal | undefined
  readonly environment: NodeJS.ProcessEnv
  /** The absolute path that relative ones start from. */
  readonly directory: string
  /** Ends the work in order. The reason is what `interruptedBy` gives. */
  readonly signal: AbortSignal
}

/** With --json a missing command is told as JSON, and without the help before it. */
const SILENT: Sink = { write: () => true }

/** Runs one command line; resolves to the exit code and never rejects. */
export async function runCli(context: CliContext): Promise<number> {
  try {
    return await parseAndRun(context)
  } catch (error) {
    return await reportError(error, context)
  }
}

async function parseAndRun(context: CliContext): Promise<number> {
  const { argv } = context
  const output = watchOutput(context)
  const signal = AbortSignal.any([context.signal, output.signal])
  let exitCode: number = EXIT_CODES.OK
  const streams = argv.includes('--json') ? { ...context, stderr: SILENT } : context
  const optionsAlone = findOptionsAlone(context)
  if (optionsAlone !== undefined) {
    const { runOverview } = await import('./commands/read/overview.ts')
    return await runOverview(createInvocation(optionsAlone, signal, context))
  }
  const program = createProgram(async (options, work) => {
    exitCode = (await work(createInvocation(options, signal, context))) ?? EXIT_CODES.OK
  }, streams)
  await program.parseAsync(argv, { from: 'user' })
  await output.flush()
  return exitCode
}

/** The options of a command line without a command, which asks how the catalog stands. A script, with --json, has forgotten it. */
function findOptionsAlone(context: CliContext): GlobalOptions | undefined {
  const { argv } = context
  // Commander takes options once: a program that has parsed them cannot run.
  if (argv.includes('--json') || argv[0]?.startsWith('-') === false) return undefined
  const program = createProgram(async () => undefined, context)
  const { operands, unknown } = program.parseOptions([...argv])
  return operands.length + unknown.length === 0 ? program.opts<GlobalOptions>() : undefined
}

function createInvocation(
  options: ChangingOptions,
  signal: AbortSignal,
  { stdin, stdout, stderr, environment, directory: workingDirectory }: CliContext,
): Invocation {
  const directory = findCallerDirectory(environment, workingDirectory)
  const resolvePath = (path: string): string => resolve(directory, assertGiven('a path', path))
  const store = options.store === undefined ? undefined : assertGiven('--store', options.store)
  const namedAnchors = options.anchor?.map(resolvePath) ?? []
  return {
    output: new Output({ stdout, stderr, environment, json: options.json ?? false }),
    root: options.root === undefined ? undefined : resolvePath(options.root),
    store: findStoreUrl(store ?? environment['CATALOG_STORE']),
    namedStore: findStoreUrl(store),
    symlinks: options.symlinks ?? parseSymlinkPolicy(environment['CATALOG_SYMLINKS'] || 'refuse'),
    node: options.node ?? (environment['CATALOG_NODE'] || undefined),
    namedAnchors,
    anchors: options.anchor === undefined ? findAnchors(environment).map(resolvePath) : namedAnchors,
    onlyWriter: options.onlyWriter ?? false,
    searchRoots: options.searchRoot?.map(resolvePath) ?? [],
    intactPrefix: options.intactPrefix ?? false,
    environment,
    resolvePath,
    signal,
    stdin,
    confirm: (question) => askOnTerminal(question, { stdin, stderr, signal }),
    actor: options.actor ?? environment['CATALOG_ACTOR'] ?? findLoginName(),
    reason: options.reason,
  }
}

/** An empty one is a variable of a script that is not set: it means neither the current directory nor the default. */
function assertGiven(what: string, value: string): string {
  if (value !== '') return value
  throw new CliError('USAGE', `${what} must not be empty`)
}

/** The directories in `CATALOG_ANCHORS`, separated as in PATH. A disk that is not mounted at the moment is skipped. */
function findAnchors({ CATALOG_ANCHORS: text = '' }: NodeJS.ProcessEnv): readonly string[] {
  return text.split(delimiter).filter((path) => path !== '')
}

/** A container may run under a user without a name. */
function findLoginName(): string | undefined {
  try {
    return userInfo().username || undefined
  } catch {
    return undefined
  }
}

async function reportError(error: unknown, { argv, stderr, environment }: CliContext): Promise<number> {
  if (error instanceof CommanderError && isHelp(error)) return EXIT_CODES.OK
  if (error instanceof CliError && error.code === 'OUTPUT_CLOSED') return EXIT_CODES.OUTPUT_CLOSED
  const { stack, ...problem } = await loadProblem(error)
  const isJson = argv.includes('--json')
  const output = new Output({ stdout: stderr, stderr, environment, json: isJson })
  output.note(...formatProblem(problem))
  output.printJson({ error: toJsonProblem(problem) })
  const isDebug = argv.includes('--debug') || environment['CATALOG_DEBUG'] === '1'
  if (stack !== undefined && isDebug) stderr.write(`${stack.split('\n').map(toPrintable).join('\n')}\n`)
  return problem.exitCode
}

/** The library is needed to tell its errors; after wrong usage it would be loaded for nothing. */
async function loadProblem(error: unknown): Promise<Problem> {
  if (error instanceof CommanderError) return toUsageProblem(error)
  const problems = await import('./problem/to-problem.ts')
  return problems.toProblem(error)
}
