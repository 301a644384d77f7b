import { spawn } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Mutation, NoticingTests } from './mutation.ts'

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)))
/** A mutation that makes a test hang is noticed as well. */
const TEST_LIMIT_MS = 120_000
const LIMIT_MS = 1_200_000
/** The same random choices each time, as many as in `pnpm test:deep`. */
const CHOICES = { SEED: '1', CATALOG_RUNS: '10' }

/** As in the workspace. Each run has a stage of its own, because its programs are mutated too. */
const CONFIG = `
const conditions = ['@catalog/source', 'module', 'node', 'development|production']
export default {
  cacheDir: '.vite',
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: [${pathInWorkspace('.ci/vitest-stage.ts')}],
    setupFiles: [${pathInWorkspace('.ci/vitest-properties.ts')}],
    testTimeout: ${TEST_LIMIT_MS},
    hookTimeout: ${TEST_LIMIT_MS},
  },
}
`

/** A copy of this package whose source can be changed and tested. */
export class Mutant {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
  }

  static async create(path: string): Promise<Mutant> {
    await mkdir(path)
    for (const name of ['src', 'test', 'package.json']) {
      await cp(join(PACKAGE, name), join(path, name), { recursive: true })
    }
    await symlink(join(PACKAGE, 'node_modules'), join(path, 'node_modules'))
    await writeFile(join(path, 'vitest.config.mjs'), CONFIG)
    return new Mutant(path)
  }

  /** Tests the source with a mutation, and puts it back. Returns the first test that failed, if any. */
  async test({ edits, by }: Mutation): Promise<string | undefined> {
    const before = new Map<string, string>()
    try {
      for (const { file, find, replace } of edits) {
        const path = await this.#findSource(file)
        const source = await readFile(path, 'utf8')
        const places = source.split(find).length - 1
        if (places !== 1)
          throw new Error(`${file} has ${places} places like ${JSON.stringify(find)}, not one`)
        if (!before.has(path)) before.set(path, source)
        await writeFile(
          path,
          source.replace(find, () => replace),
        )
      }
      return await this.runTests(by)
    } finally {
      for (const [path, source] of before) await writeFile(path, source)
    }
  }

  /** A source by its name, which no other room has. */
  async #findSource(file: string): Promise<string> {
    const root = join(this.#path, 'src')
    const paths = (await readdir(root, { recursive: true })).filter((path) => basename(path) === file)
    const [path] = paths
    if (path === undefined || paths.length > 1)
      throw new Error(`src has ${paths.length} files ${file}, not one`)
    return join(root, path)
  }

  /** The first test that fails; throws where no test was run at all. */
  async runTests({ files }: NoticingTests): Promise<string | undefined> {
    const report = join(this.#path, 'report.json')
    await rm(report, { force: true })
    const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
    const options = ['--bail=1', '--reporter=json', `--outputFile=${report}`]
    const args = [vitest, 'run', '--root', this.#path, ...options, ...files]
    const output = await run(args, { ...process.env, ...CHOICES })
    if (output === undefined) return `none came to its end in ${LIMIT_MS / 1000} s`
    return findFailure(await readFile(report, 'utf8'), output)
  }
}

/** As a string literal. */
function pathInWorkspace(path: string): string {
  return JSON.stringify(join(PACKAGE, '..', '..', path))
}

interface TestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** A file that could not even be loaded has no results, and proves nothing. */
function findFailure(report: string, output: string): string | undefined {
  const { testResults } = JSON.parse(report) as TestReport
  const results = testResults.flatMap(({ assertionResults }) => assertionResults)
  const failed = results.find(({ status }) => status === 'failed')
  if (failed !== undefined) return failed.fullName
  const isComplete = testResults.every(({ assertionResults }) => assertionResults.length > 0)
  if (isComplete && results.some(({ status }) => status === 'passed')) return undefined
  throw new Error(`no test was run: ${output}`)
}

/** The end of the output; undefined where it had to be ended. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // A group of its own: its workers go with it.
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      output = (output + piece).slice(-2000)
    })
  }
  let isLate = false
  const limit = setTimeout(() => {
    isLate = true
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, LIMIT_MS)
  await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(limit)
  return isLate ? undefined : output
}
