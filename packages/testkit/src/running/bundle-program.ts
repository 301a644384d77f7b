/** Room `running`: programs, disks and random choices of the tests of this repository. */
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { isReachableByOthers, stageOf } from './stage.ts'

/** A program that any user can start with `node path`, without the checkout. */
export interface BundledProgram {
  /** The JavaScript file to run. */
  readonly path: string
  /** The `node` to run it with. */
  readonly node: string
}

/**
 * Bundles a TypeScript program of the workspace with everything that it imports, once a test run: a bundle starts
 * in a tenth of the time that the sources take, and a user who may not read the checkout can run it.
 *
 * @param without packages that are left out, as if they were not installed
 */
export async function bundleProgram(entry: URL, without: readonly string[] = []): Promise<BundledProgram> {
  const source = fileURLToPath(entry)
  const name = basename(source, '.ts')
  const stage = stageOf()
  const key = createHash('sha256')
    .update([source, ...without].join('\n'))
    .digest('hex')
    .slice(0, 8)
  const staged = join(stage, `${name}-${key}`)
  if (!existsSync(staged)) await stageBundle(source, staged, without)
  return { path: join(staged, 'dist', `${name}.js`), node: stageNode(stage) }
}

/**
 * The library of CycloneDX finds its files by its own path, so it cannot be part of a bundle: it is imported from where it
 * is installed. Only the export of that format imports it, and only for a user who can read the checkout.
 */
const INSTALLED: Plugin = {
  name: 'installed',
  setup({ onResolve }) {
    onResolve({ filter: /^@cyclonedx\// }, ({ path, importer }) => ({
      path: pathToFileURL(createRequire(importer).resolve(path)).href,
      external: true,
    }))
  },
}

/** Another worker of the run may do the same at the same time: the first rename wins. */
async function stageBundle(source: string, staged: string, without: readonly string[]): Promise<void> {
  const directory = mkdtempSync(`${staged}-`)
  await build({
    entryPoints: [source],
    outdir: join(directory, 'dist'),
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['@catalog/source'],
    external: [...without],
    // What is CommonJS among the dependencies requires the modules of Node.
    banner: {
      js: "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url)",
    },
    plugins: [INSTALLED],
    logLevel: 'warning',
  })
  // One directory above the program, as in its package: a program may read its version there.
  copyFileSync(findPackage(dirname(source)), join(directory, 'package.json'))
  makeReadable(directory)
  publish(directory, staged)
}

function publish(directory: string, staged: string): void {
  try {
    renameSync(directory, staged)
  } catch (error) {
    if (!existsSync(staged)) throw error
    rmSync(directory, { recursive: true })
  }
}

function findPackage(directory: string): string {
  const path = join(directory, 'package.json')
  if (existsSync(path)) return path
  const parent = dirname(directory)
  if (parent === directory) throw new Error('the program belongs to no package')
  return findPackage(parent)
}

function makeReadable(directory: string): void {
  chmodSync(directory, 0o755)
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) makeReadable(path)
    else chmodSync(path, 0o644)
  }
}

/** The running `node`, or a copy of it if it lies where only its owner can reach it. */
function stageNode(stage: string): string {
  if (isReachableByOthers(process.execPath)) return process.execPath
  const staged = join(stage, 'node')
  if (existsSync(staged)) return staged
  const copy = `${staged}-${process.pid}`
  copyFileSync(process.execPath, copy)
  chmodSync(copy, 0o755)
  renameSync(copy, staged)
  return staged
}
