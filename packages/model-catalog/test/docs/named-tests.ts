import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type CallExpression,
  createSourceFile,
  type Expression,
  forEachChild,
  isCallExpression,
  isIdentifier,
  isPropertyAccessExpression,
  isStringLiteralLike,
  isTemplateExpression,
  type Node,
  ScriptTarget,
} from 'typescript'

const REPOSITORY: string = fileURLToPath(new URL('../../../..', import.meta.url))
const TESTS: ReadonlySet<string> = new Set(['it', 'test'])
const SCENARIO = /^ *(?:Scenario|Scenario Outline): (?<name>.+)$/gmu

/** What `it.each` or an outline replaces by a value. */
const PLACEHOLDER = /%[a-z#]|\$\w+|<\w+>/gu

/** A link of a page whose text is the name of a test, and whose target is the file that has it. */
export interface NamedTest {
  readonly name: string
  readonly path: string
}

/** The links of a page to test files and feature files. */
export function findNamedTests(page: string): NamedTest[] {
  const links = page.matchAll(/\[(?<name>[^\][]+)\]\((?:\.\.?\/)*(?<path>[^)]+\.(?:test\.ts|feature))\)/gu)
  return Array.from(links, ({ groups }) => ({ name: groups?.['name'] ?? '', path: groups?.['path'] ?? '' }))
}

/** The links whose file does not exist, or has no test of that name. */
export function findMissingTests(page: string): string[] {
  const files = new Map<string, ReadonlySet<string>>()
  const missing: string[] = []
  for (const { name, path } of findNamedTests(page)) {
    const names = files.get(path) ?? listTestNames(path)
    files.set(path, names)
    if (!names.has(name)) missing.push(`${path}: ${name}`)
  }
  return missing
}

/** The names of the scenarios of a feature file, or of the tests of a test file: with their describes, and alone. */
export function listTestNames(path: string): ReadonlySet<string> {
  if (!existsSync(join(REPOSITORY, path))) return new Set()
  const text = readFileSync(join(REPOSITORY, path), 'utf8')
  if (path.endsWith('.feature'))
    return new Set(
      Array.from(
        text.matchAll(SCENARIO),
        ({ groups }) => groups?.['name']?.replaceAll(PLACEHOLDER, '…') ?? '',
      ),
    )
  const names = new Set<string>()
  collectNames(createSourceFile(path, text, ScriptTarget.ES2023), '', names)
  return names
}

function collectNames(node: Node, outer: string, names: Set<string>): void {
  const suite = isCallExpression(node) ? nameOf(node, 'describe') : undefined
  const test = isCallExpression(node) ? nameOf(node, 'it') : undefined
  if (test !== undefined) names.add(test).add(`${outer}${test}`)
  const inner = suite === undefined ? outer : `${outer}${suite} `
  forEachChild(node, (child) => collectNames(child, inner, names))
}

/** What a call of `describe`, `it`, `it.each(…)` and the like names, if it is one. */
function nameOf(call: CallExpression, kind: 'describe' | 'it'): string | undefined {
  const root = rootOf(call.expression)
  if (root === undefined || (root === 'describe') !== (kind === 'describe')) return undefined
  const [name] = call.arguments
  if (name === undefined) return undefined
  return textOf(name)?.replaceAll(PLACEHOLDER, '…')
}

function textOf(name: Expression): string | undefined {
  if (isStringLiteralLike(name)) return name.text
  return isTemplateExpression(name) ? name.head.text + name.templateSpans.map(spanText).join('') : undefined
}

function spanText({ literal }: { readonly literal: { readonly text: string } }): string {
  return `…${literal.text}`
}

function rootOf(callee: Expression): string | undefined {
  if (isIdentifier(callee))
    return TESTS.has(callee.text) || callee.text === 'describe' ? callee.text : undefined
  if (isPropertyAccessExpression(callee) || isCallExpression(callee)) return rootOf(callee.expression)
  return undefined
}
