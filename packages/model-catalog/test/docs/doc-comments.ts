import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import {
  type CompilerOptions,
  createProgram,
  type Declaration,
  forEachChild,
  getLeadingCommentRanges,
  isClassDeclaration,
  isFunctionDeclaration,
  isInterfaceDeclaration,
  isMethodDeclaration,
  isMethodSignature,
  type Node,
  type SignatureDeclaration,
  SymbolFlags,
  SyntaxKind,
  type TypeChecker,
  type Symbol as TypescriptSymbol,
} from 'typescript'
import { readOptions } from './code-blocks.ts'
import { type CodeBlock, REPOSITORY } from './pages.ts'

const CONDITION = '@catalog/source'
const EXAMPLE = /^@example\n```ts\n(?<code>.*?)^```/msu

/** A function or a method that other programs call, or any other declaration that they see. */
export interface Documented {
  /** As a reader names it: `Catalog.verify`. */
  readonly name: string
  /** Of the package that exports it. */
  readonly package: string
  /** Below the repository. */
  readonly path: string
  /** Of the declaration, from 1. */
  readonly line: number
  /** The doc comment without its stars; empty if there is none. */
  readonly text: string
  /** Whether it returns a promise, or an iterator that does: only such a function rejects. */
  readonly isAsync: boolean
  readonly isCallable: boolean
}

/** Everything that the public packages export, with the members of classes and interfaces, each once. */
export function readDocumented(): readonly Documented[] {
  const entries = listEntryPoints()
  const options: CompilerOptions = { ...readOptions(), noEmit: true }
  const program = createProgram(
    entries.map(({ path }) => path),
    options,
  )
  const checker = program.getTypeChecker()
  const found = entries.flatMap(({ name, path }) => {
    const source = program.getSourceFile(path)
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source)
    if (module === undefined) throw new Error(`${path} exports nothing`)
    return checker
      .getExportsOfModule(module)
      .flatMap((symbol) => declarationsOf(checker, symbol))
      .flatMap((declaration) => readDeclaration(name, declaration))
  })
  return [...new Map(found.map((each) => [`${each.path}:${each.line}`, each])).values()]
}

interface EntryPoint {
  readonly name: string
  readonly path: string
}

function listEntryPoints(): readonly EntryPoint[] {
  return readdirSync(join(REPOSITORY, 'packages')).flatMap((directory) => {
    const home = join(REPOSITORY, 'packages', directory)
    const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    if (manifest.private === true) return []
    return findSources(manifest.exports).map((source) => ({ name: manifest.name, path: join(home, source) }))
  })
}

/** The sources that the conditions of `exports` lead to, at any depth. */
function findSources(target: unknown): readonly string[] {
  if (typeof target !== 'object' || target === null) return []
  return Object.entries(target).flatMap(([key, value]) =>
    key === CONDITION ? listTexts(value) : findSources(value),
  )
}

function listTexts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listTexts) : []
}

function declarationsOf(checker: TypeChecker, symbol: TypescriptSymbol): readonly Declaration[] {
  const isAlias = (symbol.flags & SymbolFlags.Alias) !== 0
  const { declarations = [] } = isAlias ? checker.getAliasedSymbol(symbol) : symbol
  return declarations.filter(
    (declaration) => !relative(REPOSITORY, declaration.getSourceFile().fileName).includes('node_modules'),
  )
}

function readDeclaration(owner: string, declaration: Declaration): readonly Documented[] {
  const own = isBodyOfOverloads(declaration) ? [] : [describe(owner, '', declaration)]
  if (!isClassDeclaration(declaration) && !isInterfaceDeclaration(declaration)) return own
  const members = [...declaration.members].filter((member) => isVisible(member) && !isBodyOfOverloads(member))
  const prefix = `${declaration.name?.text ?? ''}.`
  return [...own, ...members.map((member) => describe(owner, prefix, member))]
}

function isVisible(member: Declaration): boolean {
  const text = member.getText()
  return !text.startsWith('#') && !/^(?:private |readonly #|static #|async #)/u.test(text)
}

/** The signature that implements overloads is not one that a caller sees. */
function isBodyOfOverloads(node: Declaration): boolean {
  if (!isMethodDeclaration(node) && !isFunctionDeclaration(node)) return false
  if (node.body === undefined) return false
  let count = 0
  forEachChild(node.parent, (sibling) => {
    if (isSignature(sibling) && sibling.name?.getText() === node.name?.getText()) count += 1
  })
  return count > 1
}

function isSignature(node: Node): node is SignatureDeclaration {
  return isMethodDeclaration(node) || isMethodSignature(node) || isFunctionDeclaration(node)
}

function describe(owner: string, prefix: string, node: Declaration): Documented {
  const source = node.getSourceFile()
  const nameNode = 'name' in node ? (node.name as Node | undefined) : undefined
  const returned = isSignature(node) ? (node.type?.getText() ?? '') : ''
  return {
    name: `${prefix}${nameNode?.getText() ?? (node.kind === SyntaxKind.Constructor ? 'constructor' : '')}`,
    package: owner,
    path: relative(REPOSITORY, source.fileName).replaceAll('\\', '/'),
    line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
    text: readComment(node),
    isAsync: /^(?:Promise|AsyncIterableIterator)</u.test(returned),
    isCallable: isSignature(node),
  }
}

/** The comment of a declaration; that of a variable stands before its whole statement. */
function readComment(node: Node): string {
  const isVariable = node.kind === SyntaxKind.VariableDeclaration
  const holder = isVariable ? node.parent.parent : node
  const text = holder.getSourceFile().text
  const ranges = getLeadingCommentRanges(text, holder.getFullStart()) ?? []
  const comment = ranges
    .map(({ pos, end }) => text.slice(pos, end))
    .findLast((each) => each.startsWith('/**'))
  return comment === undefined ? '' : stripStars(comment)
}

function stripStars(comment: string): string {
  return comment
    .replace(/^\/\*\*\s?/u, '')
    .replace(/\s*\*\/$/u, '')
    .replaceAll(/^ *\* ?/gmu, '')
}

/** The text of each `@throws` of a comment, on one line. */
export function readThrows({ text }: Documented): readonly string[] {
  return text
    .split(/^(?=@)/mu)
    .filter((part) => part.startsWith('@throws'))
    .map((part) => part.replace('@throws', '').replaceAll(/\s+/gu, ' ').trim())
}

/** The code of an `@example`, as a block whose page is the declaration. */
export function findExample({ name, path, line, text }: Documented): readonly CodeBlock[] {
  const code = EXAMPLE.exec(text)?.groups?.['code']
  return code === undefined ? [] : [{ page: `${path} ${name}`, line, language: 'ts', code }]
}
