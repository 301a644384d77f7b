import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { expect, it } from 'vitest'
import { createProgram } from '../src/program.ts'

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))
/** Where a command begins: a line of code, a substitution, or a code span. */
const COMMAND = /(?:^ {4}|^ *|\$\(|; |\| |`)catalog (?<words>[^\n`#|)]*)/gmu

const silent = { write: () => true, isTTY: false, columns: 80 }
const program = createProgram(async () => undefined, { stdout: silent, stderr: silent })

function listPages(): string[] {
  const below = (directory: string): string[] =>
    readdirSync(join(REPOSITORY, directory)).map((name) => join(directory, name))
  const names = [...below('.'), ...below('docs'), ...['apps', 'packages'].flatMap(below).flatMap(below)]
  return names.filter((name) => name.endsWith('.md') && !name.endsWith('CHANGELOG.md'))
}

/** The code of a page: its fences, its indented lines and its spans. */
function readCode(page: string): string {
  const text = readFileSync(join(REPOSITORY, page), 'utf8')
  const fences = Array.from(text.matchAll(/^```sh\n(.*?)^```$/gmsu), ([, code]) => code)
  const lines = text.match(/^ {4}\S.*$/gmu) ?? []
  const spans = text.match(/`catalog [^`\n]+`/gu) ?? []
  return [...fences, ...lines, ...spans].join('\n')
}

/** What is wrong with a use of the program: a command that does not exist, or an option that it does not take. */
function findProblems(use: string): string[] {
  const words = use.trim().split(/\s+/u)
  const chain: Command[] = [program]
  for (const word of words) {
    const next = chain.at(-1)?.commands.find((each) => each.name() === word || each.aliases().includes(word))
    if (next === undefined) break
    chain.push(next)
  }
  const taken = chain.flatMap(({ options }) => options.flatMap(({ long, short }) => [long, short]))
  const unknown = words.filter((word) => /^(?:--[a-z]|-[a-z]$)/u.test(word) && !taken.includes(word))
  const isCommand = chain.length > 1 || words[0]?.startsWith('-') || words[0] === '…'
  return isCommand ? unknown : [words[0] ?? '']
}

it('every command and option of `catalog` that a page names exists', () => {
  const uses = listPages().flatMap((page) =>
    Array.from(readCode(page).matchAll(COMMAND), ({ groups }) => ({ page, use: groups?.['words'] ?? '' })),
  )
  expect(uses.length).toBeGreaterThan(60)
  const wrong = uses.map(({ page, use }) => ({ page, use, problems: findProblems(use) }))
  expect(wrong.filter(({ problems }) => problems.length > 0)).toEqual([])
})

it.each([
  ['lease take m --for 1h', []],
  ['ls --json --root r', []],
  ['lsof', ['lsof']],
  ['ls --forever', ['--forever']],
  ['lease take m --stat x', ['--stat']],
])('of `catalog %s` it finds wrong %j', (use, problems) => {
  expect(findProblems(use)).toEqual(problems)
})
