// A consumer as one file, by the bundlers that services use.
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { runProgram } from './run-program.ts'

export type BundlerName = 'esbuild' | 'rollup' | 'webpack'

export interface Bundle {
  readonly path: string
  readonly bytes: number
}

/** What is installed for the bundlers, in a directory of its own. */
export const BUNDLERS: Readonly<Record<string, string>> = {
  rollup: '4',
  '@rollup/plugin-commonjs': '29',
  '@rollup/plugin-node-resolve': '16',
  webpack: '5',
}

/** Packages that the facade imports if they are installed: of these alone a bundler may say that they are not. */
const OPTIONAL_PEERS: readonly string[] = ['@catalog/store-postgres']

/** Bundles a consumer, with all that it has installed, into a directory that has nothing else. */
export async function bundleConsumer(
  name: BundlerName,
  directory: string,
  output: string,
  tools: string,
): Promise<Bundle> {
  const path = join(output, 'bundle.cjs')
  const job = { entry: join(directory, 'run.mjs'), output, path, optional: OPTIONAL_PEERS }
  if (name === 'esbuild') await bundleByEsbuild(job)
  else {
    const script = join(tools, `bundle-by-${name}.cjs`)
    writeFileSync(script, SCRIPTS[name])
    await runProgram([process.execPath, script, JSON.stringify(job)], { cwd: directory })
  }
  return { path, bytes: statSync(path).size }
}

async function bundleByEsbuild({ entry, path }: { entry: string; path: string }): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile: path,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  })
}

const SCRIPTS = {
  rollup: `
const { rollup } = require('rollup')
const { nodeResolve } = require('@rollup/plugin-node-resolve')
const commonjs = require('@rollup/plugin-commonjs')
const { entry, path, optional } = JSON.parse(process.argv[2])
function onwarn({ code, message, exporter }) {
  if (code === 'UNRESOLVED_IMPORT' && optional.includes(exporter)) return
  if (code === 'UNRESOLVED_IMPORT' || code === 'MISSING_EXPORT') throw new Error(message)
}
async function main() {
  const plugins = [nodeResolve({ exportConditions: ['node'], preferBuiltins: true }), commonjs()]
  const bundle = await rollup({ input: entry, plugins, onwarn })
  await bundle.write({ file: path, format: 'cjs', inlineDynamicImports: true })
}
main().catch((error) => { console.error(error); process.exitCode = 1 })
`,
  webpack: `
const webpack = require('webpack')
const { entry, output, optional } = JSON.parse(process.argv[2])
const isOptional = ({ message }) => optional.some((name) => message.includes(\`Can't resolve '\${name}'\`))
const options = { entry, mode: 'production', target: 'node20', output: { path: output, filename: 'bundle.cjs' } }
webpack(options, (error, stats) => {
  if (error) throw error
  const { warnings } = stats.compilation
  if (!stats.hasErrors() && warnings.every(isOptional)) return
  console.error(stats.toString())
  process.exitCode = 1
})
`,
} as const
