import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type BundledProgram, bundleProgram } from '@catalog/testkit/running'
import { onTestFinished, type TestContext } from 'vitest'
import { runCli } from '../src/cli.ts'
import type { OutputStream } from '../src/output/output-streams.ts'
import type { Terminal } from '../src/output/terminal-question.ts'
import { interruptedBy } from '../src/problem/interruption.ts'

/** What one run of the program left. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A run that goes on: `ended` also gathers its output. */
interface Running {
  readonly stdout: NodeJS.ReadableStream
  readonly stderr: NodeJS.ReadableStream
  interrupt(): void
  readonly ended: Promise<Run>
}

/** An empty directory with `CATALOG_ROOT` set to `models` below it, and the program to run in it. */
export interface World {
  readonly directory: string
  readonly root: string
  write(name: string, content: string | Uint8Array): string
  /** Begins a run of the program as a function. */
  start(...args: readonly string[]): Running
  /** Runs the program as a function, to its end. */
  run(...args: readonly string[]): Promise<Run>
  /** Runs the program as a function on a terminal of so many columns. */
  runIn(columns: number, ...args: readonly string[]): Promise<Run>
  /** Runs the program as a function on a terminal on which the user types this line. */
  answer(line: string, ...args: readonly string[]): Promise<Run>
  /** Starts the program as a process of its own, of another user if one is given; `stdin` is closed unless asked for. */
  spawn(args: readonly string[], user?: number, stdin?: 'pipe'): Promise<RunningProcess>
  /** Runs a script that finds the program as `catalog`. */
  runShell(script: string): Promise<Run>
}

interface RunningProcess {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly ended: Promise<Run>
}

/** A test that runs beside others gives its own context. */
export function createWorld(test: Pick<TestContext, 'onTestFinished'> = { onTestFinished }): World {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'catalog-cli-')))
  test.onTestFinished(() => rmSync(directory, { recursive: true }))
  const root = join(directory, 'models')
  const environment = {
    PATH: `${join(directory, 'bin')}:${process.env['PATH']}`,
    HOME: directory,
    CATALOG_ROOT: root,
  }
  const surroundings = { directory, environment }
  const start = (...args: readonly string[]): Running => startFunction(args, surroundings)
  return {
    directory,
    root,
    start,
    run: (...args) => start(...args).ended,
    runIn: (columns, ...args) => startFunction(args, surroundings, { isTTY: true, columns }).ended,
    answer: (line, ...args) => {
      const stdin = Object.assign(new PassThrough(), { isTTY: true })
      stdin.end(`${line}\n`)
      return startFunction(args, surroundings, { isTTY: true, columns: 80 }, stdin).ended
    },
    spawn: async (args, user, stdin) => {
      const { node, path } = await bundleCli()
      return spawnProcess([node, path, ...args], surroundings, { user, stdin })
    },
    runShell: async (script) => {
      writeProgram(join(directory, 'bin'), await bundleCli())
      return spawnProcess(['sh', '-c', script], surroundings).ended
    },
    write: (name, content) => {
      const path = join(directory, name)
      mkdirSync(join(path, '..'), { recursive: true })
      writeFileSync(path, content)
      return path
    },
  }
}

/** The one document on stdout. */
export function parseJson<T = Record<string, unknown>>({ stdout }: Run): T {
  return JSON.parse(stdout) as T
}

interface Surroundings {
  readonly directory: string
  readonly environment: NodeJS.ProcessEnv
}

function startFunction(
  argv: readonly string[],
  surroundings: Surroundings,
  terminal: Pick<OutputStream, 'isTTY' | 'columns'> = {},
  stdin?: Terminal,
): Running {
  const stdout = Object.assign(new PassThrough(), terminal)
  const stderr = Object.assign(new PassThrough(), terminal)
  const interruption = new AbortController()
  const code = runCli({ ...surroundings, argv, stdin, stdout, stderr, signal: interruption.signal }).finally(
    () => {
      stdout.end()
      stderr.end()
    },
  )
  return {
    stdout,
    stderr,
    interrupt: () => interruption.abort(interruptedBy('SIGINT')),
    ended: gather(code, stdout, stderr),
  }
}

function spawnProcess(
  command: readonly string[],
  { directory, environment }: Surroundings,
  { user, stdin }: { readonly user?: number | undefined; readonly stdin?: 'pipe' | undefined } = {},
): RunningProcess {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: directory,
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(user !== undefined && { uid: user, gid: user }),
  })
  if (stdin === undefined) child.stdin.end()
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  return { child, ended: gather(code, child.stdout, child.stderr) }
}

async function gather(
  code: Promise<number | null>,
  stdout: NodeJS.ReadableStream,
  stderr: NodeJS.ReadableStream,
): Promise<Run> {
  const [printed, told] = await Promise.all([text(stdout), text(stderr)])
  return { code: await code, stdout: printed, stderr: told }
}

function bundleCli(): Promise<BundledProgram> {
  return bundleProgram(new URL('../src/main.ts', import.meta.url))
}

function writeProgram(bin: string, { node, path }: BundledProgram): void {
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'catalog'), `#!/bin/sh\nexec '${node}' '${path}' "$@"\n`)
  chmodSync(join(bin, 'catalog'), 0o755)
}
