// `pnpm check:api` compares what each public package exports with `packages/<package>/api/*.d.ts`, so that a changed
// surface shows in review. `pnpm api`, which is the same with --write, writes these files anew.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Plugin, rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import { ScriptTarget, transpileDeclaration } from 'typescript'
import { listEntryPoints, listPublicPackages } from './public-packages.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** The declarations of every source file: as `isolatedDeclarations` has it, without a look at any other file. */
const DECLARATIONS = join(ROOT, 'reports/declarations')
const HEADER = '// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.\n\n'
/** Names on one line, which a review shows better on one each. */
const LIST = /^((?:import|export)(?: type)? )\{ (.*) \}(.*)$/gmu
const SOURCE = /(?<!\.test|\.d)\.ts$/u

const isWriting = process.argv.includes('--write')
rmSync(DECLARATIONS, { recursive: true, force: true })
for (const directory of [...listPublicPackages(), 'packages/system-calls'])
  declareSources(join(directory, 'src'))

const reports = await Promise.all(
  listPublicPackages().flatMap((directory) =>
    listEntryPoints(directory).map(async (source) => ({
      path: join(directory, 'api', `${nameOf(source)}.d.ts`),
      text: HEADER + (await rollUp(join(directory, source))),
    })),
  ),
)
const changed = reports.filter(({ path, text }) => readReport(path) !== text)
if (isWriting) for (const report of changed) writeReport(report)
const stale = listReports().filter((path) => !reports.some((report) => report.path === path))
for (const path of stale) {
  if (isWriting) rmSync(join(ROOT, path))
  else console.error(`${path} is of no entry point`)
}
for (const { path } of changed)
  console.error(isWriting ? `wrote ${path}` : `${path} is not what the sources export: run \`pnpm api\``)
if (!isWriting && changed.length + stale.length > 0) process.exitCode = 1

/** `index`, `schema` or, of `src/models/index.ts`, `models`. */
function nameOf(source: string): string {
  return source.replace(/^\.\/src\//u, '').replace(/(?:\/index)?\.ts$/u, '')
}

function declareSources(directory: string): void {
  const names = readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
  for (const name of names.filter((each) => SOURCE.test(each))) {
    const file = join(ROOT, directory, name)
    const { outputText } = transpileDeclaration(readFileSync(file, 'utf8'), {
      fileName: file,
      compilerOptions: { target: ScriptTarget.ES2023, removeComments: true, isolatedDeclarations: true },
    })
    const target = join(DECLARATIONS, directory, name.replace(SOURCE, '.d.ts'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, outputText.replaceAll(/(['"])(\.[^'"]+)\.ts\1/gu, "'$2.js'"))
  }
}

/** All declarations that an entry point exports, or that these name, in one text. */
async function rollUp(source: string): Promise<string> {
  const bundle = await rollup({
    input: join(DECLARATIONS, source.replace(SOURCE, '.d.ts')),
    external: (id) => !id.startsWith('.') && !isAbsolute(id) && !isBundled(id),
    // The declarations are only put together, not checked.
    plugins: [bundledPackages(), dts({ compilerOptions: { noLib: true, types: [] } })],
    onLog: (level, { message }) => {
      if (level === 'warn') throw new Error(`${source}: ${message}`)
    },
  })
  const { output } = await bundle.generate({ format: 'es' })
  return output[0].code.replaceAll(LIST, (_line, start: string, names: string, end: string) => {
    const lines = names.split(', ').map((name) => `  ${name},\n`)
    return `${start}{\n${lines.join('')}}${end}`
  })
}

/** A private package is part of those that import it. */
function isBundled(id: string): boolean {
  return id === '@catalog/system-calls'
}

function bundledPackages(): Plugin {
  return {
    name: 'bundled-packages',
    resolveId: (id) =>
      isBundled(id) ? join(DECLARATIONS, id.replace('@catalog', 'packages'), 'src/index.d.ts') : null,
  }
}

function readReport(path: string): string | undefined {
  return existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : undefined
}

function writeReport({ path, text }: { readonly path: string; readonly text: string }): void {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true })
  writeFileSync(join(ROOT, path), text)
}

function listReports(): string[] {
  return readdirSync(join(ROOT, 'packages'))
    .map((name) => join('packages', name, 'api'))
    .filter((directory) => existsSync(join(ROOT, directory)))
    .flatMap((directory) => readdirSync(join(ROOT, directory)).map((name) => join(directory, name)))
}
