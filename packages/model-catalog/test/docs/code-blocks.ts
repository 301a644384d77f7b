import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type CompilerOptions,
  createProgram,
  flattenDiagnosticMessageText,
  parseJsonConfigFileContent,
  readConfigFile,
  sys,
} from 'typescript'
import { type CodeBlock, REPOSITORY } from './pages.ts'

/** Whose dependencies an example of a page may import, beside those of the package that the page is of. */
const HOMES: readonly string[] = ['packages/model-catalog', 'packages/metrics']
const GIVEN = fileURLToPath(new URL('given.ts', import.meta.url))
const RUNNER = fileURLToPath(new URL('run-blocks.ts', import.meta.url))

/** An example as a file, in a directory from where its imports lead to where a user's would. */
export interface WrittenBlock extends CodeBlock {
  readonly file: string
}

export interface RunBlock {
  readonly file: string
  readonly printed: string
  readonly error?: string
}

/** Writes the blocks to new directories, which `directories` lists from then on. */
export function writeBlocks(blocks: readonly CodeBlock[], directories: Map<string, string>): WrittenBlock[] {
  return blocks.map((block, index) => {
    const home = findHome(block)
    const directory = directories.get(home) ?? mkdtempSync(join(REPOSITORY, home, '.pages-'))
    directories.set(home, directory)
    const file = join(directory, `${block.page.replaceAll(/[/.]/gu, '_')}-${index}.ts`)
    writeFileSync(file, `${block.code}\nexport {}\n`)
    return { ...block, file }
  })
}

/** The home whose package.json has all that the block imports. */
function findHome({ page, code }: CodeBlock): string {
  const own = /^packages\/[^/]+(?=\/)/u.exec(page)?.[0]
  const names = Array.from(
    code.matchAll(/from '(?!node:)(?<name>(?:@[^/']+\/)?[^/']+)/gu),
    ({ groups }) => groups?.['name'] ?? '',
  )
  const homes = own === undefined ? HOMES : [own, ...HOMES]
  const home = homes.find((candidate) => {
    const known = importableFrom(candidate)
    return names.every((name) => known.has(name))
  })
  if (home === undefined) throw new Error(`${page} imports what no home has: ${names.join(', ')}`)
  return home
}

function importableFrom(home: string): ReadonlySet<string> {
  const manifest = JSON.parse(readFileSync(join(REPOSITORY, home, 'package.json'), 'utf8'))
  const { name, dependencies = {}, devDependencies = {} } = manifest
  return new Set([name, ...Object.keys({ ...dependencies, ...devDependencies })])
}

/** What the compiler says of the blocks, with the place in the page. */
export function compileBlocks(blocks: readonly WrittenBlock[]): string[] {
  const program = createProgram([GIVEN, ...blocks.map(({ file }) => file)], readOptions())
  return blocks.flatMap(({ page, line, file }) => {
    const source = program.getSourceFile(file)
    // Of the blocks alone: `pnpm typecheck` says what is wrong in the sources that they import.
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return found.map(({ start = 0, messageText }) => {
      const offset = source?.getLineAndCharacterOfPosition(start).line ?? 0
      return `${page}:${line + offset}: ${flattenDiagnosticMessageText(messageText, ' ')}`
    })
  })
}

/** Those of this package, but that an example need not write down the types of what it exports. */
export function readOptions(): CompilerOptions {
  const home = join(REPOSITORY, 'packages/model-catalog')
  const { config } = readConfigFile(join(home, 'tsconfig.json'), sys.readFile)
  const { options } = parseJsonConfigFileContent(config, sys, home)
  return { ...options, isolatedDeclarations: false, declaration: false, composite: false }
}

/** Runs the blocks in one process, from the sources, those of one page in one directory. */
export function runBlocks(blocks: readonly WrittenBlock[], directory: string): RunBlock[] {
  const args = ['--conditions=@catalog/source', '--import', 'tsx', RUNNER, directory]
  const output = execFileSync(process.execPath, [...args, ...blocks.map(({ file }) => file)], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  })
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** What the comments behind the calls of `console.log` say that these print; undefined if there are none. */
export function outputInComments(code: string): string | undefined {
  const comments = Array.from(code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gmu), ([, said]) => said)
  return comments.length > 0 ? comments.join('\n') : undefined
}

/** The sources and tests of the repository, in which a block may stand word for word. */
export function readSources(): string[] {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(REPOSITORY, group)).flatMap((name) =>
      ['src', 'test'].flatMap((part) => readTexts(join(REPOSITORY, group, name, part))),
    ),
  )
}

function readTexts(directory: string): string[] {
  const names = sys.readDirectory(directory, ['.ts'], ['**/node_modules'])
  return names.map((path) => readFileSync(path, 'utf8'))
}

/** Every doc comment in the sources of a package, and the file that it is in. */
export function readDocComments(): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(join(REPOSITORY, 'packages')).flatMap((name) => {
    const paths = sys.readDirectory(join(REPOSITORY, 'packages', name, 'src'), ['.ts'], ['**/*.test.ts'])
    return paths.flatMap((path) =>
      Array.from(readFileSync(path, 'utf8').matchAll(/\/\*\*.*?\*\//gsu), ([text]) => ({
        path: relative(REPOSITORY, path),
        text,
      })),
    )
  })
}
