import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY: string = fileURLToPath(new URL('../../../../', import.meta.url))

const FENCE = /^```(?<language>[a-z]*)\n(?<code>.*?)^```$/gmsu

export interface CodeBlock {
  /** Of the page, below the repository. */
  readonly page: string
  /** Of the first line of code. */
  readonly line: number
  readonly language: string
  readonly code: string
}

/** Every page for readers: at the root, below `docs`, and the README of each package and app. */
export function listPages(): string[] {
  const below = (directory: string): string[] =>
    readdirSync(join(REPOSITORY, directory)).map((name) => join(directory, name))
  const readmes = [...below('packages'), ...below('apps')].flatMap(below)
  const pages = [...below('.'), ...below('docs'), ...below('docs/decisions'), ...readmes]
  return pages.filter((path) => path.endsWith('.md') && !path.endsWith('CHANGELOG.md')).sort()
}

export function readPage(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8')
}

/** The fenced code of a page, in its order. */
export function findBlocks(page: string): CodeBlock[] {
  const text = readPage(page)
  return Array.from(text.matchAll(FENCE), ({ index, groups }) => ({
    page,
    line: text.slice(0, index).split('\n').length + 1,
    language: groups?.['language'] ?? '',
    code: groups?.['code'] ?? '',
  }))
}
