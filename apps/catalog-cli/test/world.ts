import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { onTestFinished, type TestContext } from 'vitest'

const NODE_ARGUMENTS = [
  '--conditions=@catalog/source',
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL('../src/main.ts', import.meta.url)),
]

/** What one run of the program left. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A running program; `ended` also gathers its output. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Run>
}

/** An empty directory with the real program in it, and `CATALOG_ROOT` set to `models` below it. */
export interface World {
  readonly directory: string
  readonly root: string
  write(name: string, content: string): string
  start(...args: readonly string[]): Running
  run(...args: readonly string[]): Promise<Run>
  /** Runs a script that finds the program as `catalog`. */
  runShell(script: string): Promise<Run>
}

/** A test that runs beside others gives its own context. */
export function createWorld(test: Pick<TestContext, 'onTestFinished'> = { onTestFinished }): World {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'catalog-cli-')))
  test.onTestFinished(() => rmSync(directory, { recursive: true }))
  const root = join(directory, 'models')
  const env = {
    PATH: `${join(directory, 'bin')}:${process.env['PATH']}`,
    HOME: directory,
    CATALOG_ROOT: root,
  }
  const start = (command: string, args: readonly string[]): Running => {
    const child = spawn(command, args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] })
    return { child, ended: gather(child) }
  }
  const startCli = (...args: readonly string[]): Running =>
    start(process.execPath, [...NODE_ARGUMENTS, ...args])
  return {
    directory,
    root,
    start: startCli,
    run: (...args) => startCli(...args).ended,
    runShell: (script) => {
      writeProgram(join(directory, 'bin'))
      return start('sh', ['-c', script]).ended
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

function writeProgram(bin: string): void {
  const quoted = [process.execPath, ...NODE_ARGUMENTS].map((argument) => `'${argument}'`)
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'catalog'), `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`)
  chmodSync(join(bin, 'catalog'), 0o755)
}

async function gather(child: ChildProcess): Promise<Run> {
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  const read = (stream: ChildProcess['stdout']) => (stream === null ? '' : text(stream))
  const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr)])
  return { code: await code, stdout, stderr }
}
