// Installs each consumer, runs it in every form, and says in a table what it took.
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BundlerName, bundleConsumer } from './bundles.ts'
import { CONSUMERS, type Consumer, writeConsumer } from './consumer.ts'
import { installConsumer, MANAGERS, type ManagerName, type Place, startConsumer } from './package-manager.ts'
import { runProgram } from './run-program.ts'
import { printHeading, printRow } from './table.ts'

/** Larger than what is hashed without a thread of its own. */
const MODEL_BYTES = 24 * 1024 * 1024

export interface Trial extends Place {
  readonly managers: readonly ManagerName[]
  /** Programs of Node.js, by their versions. */
  readonly nodes: ReadonlyMap<string, string>
  readonly bundlers: readonly BundlerName[]
  readonly compiler: string
  readonly resolutions: readonly ('nodenext' | 'bundler')[]
  readonly tools: string
}

export async function tryConsumers(trial: Trial): Promise<void> {
  printHeading()
  for (const consumer of CONSUMERS) {
    for (const manager of trial.managers) await tryConsumer(consumer, manager, trial)
  }
}

async function tryConsumer(consumer: Consumer, manager: ManagerName, trial: Trial): Promise<void> {
  const directory = mkdtempSync(join(trial.base, 'consumer-'))
  await writeConsumer(consumer, directory, MANAGERS[manager].takesPinned)
  const installed = await installConsumer(manager, directory, trial)
  assertPackages(consumer, manager, installed.packages)
  const told = { consumer: consumer.name, node: process.versions.node }
  printRow({ ...told, step: `${manager} install`, ...installed, packages: installed.packages.length })
  if (manager !== 'yarn') await checkTypes(consumer, directory, trial)
  if (manager === 'npm') {
    for (const name of trial.bundlers) await tryBundle(name, consumer, directory, trial)
    for (const name of consumer.unused) rmSync(join(directory, 'node_modules', name), { recursive: true })
  }
  for (const [node, program] of trial.nodes) {
    for (const file of ['run.mjs', 'run.cjs']) {
      const start = (args: readonly string[]) => startConsumer(manager, program, directory, args)
      const milliseconds = await verifyModel(trial.base, (args) => start([file, ...args]))
      const step = `${manager}, ${file === 'run.mjs' ? 'ESM' : 'CommonJS'}`
      printRow({ ...told, step, milliseconds, node })
    }
  }
}

async function checkTypes(
  { name: consumer }: Consumer,
  directory: string,
  { compiler, resolutions }: Trial,
): Promise<void> {
  for (const resolution of resolutions) {
    const command = [process.execPath, compiler, '--project', `tsconfig.${resolution}.json`]
    const { milliseconds } = await runProgram(command, { cwd: directory })
    printRow({ consumer, step: `TypeScript, ${resolution}`, milliseconds, node: process.versions.node })
  }
}

/** The bundle runs in a directory of its own, far from what it was made of. */
async function tryBundle(
  name: BundlerName,
  { name: consumer }: Consumer,
  directory: string,
  trial: Trial,
): Promise<void> {
  const output = mkdtempSync(join(trial.base, 'bundle-'))
  const { path, bytes } = await bundleConsumer(name, directory, output, trial.tools)
  for (const [node, program] of trial.nodes) {
    const milliseconds = await verifyModel(trial.base, (args) =>
      runProgram([program, path, ...args], { cwd: output }),
    )
    printRow({ consumer, step: `bundle by ${name}`, bytes, milliseconds, node })
  }
}

/** Has a consumer verify a new file; returns how long its program ran. */
async function verifyModel(
  base: string,
  start: (args: readonly string[]) => ReturnType<typeof runProgram>,
): Promise<number> {
  const root = mkdtempSync(join(base, 'models-'))
  mkdirSync(root, { recursive: true })
  const bytes = Buffer.alloc(MODEL_BYTES, 'a model')
  writeFileSync(join(root, 'model.bin'), bytes)
  const digest = createHash('sha256').update(bytes).digest('hex')
  const { stdout, milliseconds } = await start([root, digest])
  if (stdout !== 'verified\n') throw new Error(`Not verified: ${stdout}`)
  rmSync(root, { recursive: true })
  return milliseconds
}

/** Nothing that the consumer did not ask for, and one copy of zod. */
function assertPackages({ name, absent }: Consumer, manager: ManagerName, packages: readonly string[]): void {
  const { spell } = MANAGERS[manager]
  const copiesOf = (wanted: string): number =>
    packages.filter((each) => each.startsWith(spell(wanted))).length
  const extra = absent.filter((each) => copiesOf(each) > 0)
  if (extra.length > 0) throw new Error(`${name}: ${manager} installed ${extra.join(', ')}`)
  if (copiesOf('zod') !== 1) throw new Error(`${name}: ${manager} installed ${copiesOf('zod')} copies of zod`)
}
