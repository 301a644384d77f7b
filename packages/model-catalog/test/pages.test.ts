import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { toAnchor } from './docs/anchors.ts'
import { listPages, readPage } from './docs/pages.ts'

const INDEX = 'docs/README.md'
const MOST_WORDS = 2500
/** What the index lists. A README of a package begins with its promise instead. */
const INDEXED = /^(?:docs\/[^/]+|ARCHITECTURE|CONTRIBUTING|SECURITY|apps\/catalog-cli\/README)(?:\.md)?$/u

const indexed = listPages().filter((page) => INDEXED.test(page) && page !== INDEX)

function saysForWhom(text: string): boolean {
  const [, opening = ''] = text.split(/\n{2,}/u)
  return opening.startsWith('For ') && /[.:](?:\s|$)/u.test(opening)
}

/** The headings of a long page that it does not link to before the first of them. */
function listMissingContents(text: string): readonly string[] {
  if (text.split(/\s+/u).length <= MOST_WORDS) return []
  const [opening = '', ...sections] = text.split(/^## /mu)
  const headings = sections.map((section) => section.split('\n')[0] ?? '')
  return headings.filter((heading) => !opening.includes(`](#${toAnchor(heading)})`))
}

it('every page of the index says in its first sentence for whom it is', () => {
  expect(indexed.length).toBeGreaterThan(17)
  expect([INDEX, ...indexed].filter((page) => !saysForWhom(readPage(page)))).toEqual([])
})

it('the index names every page once', () => {
  const links = Array.from(
    readPage(INDEX).matchAll(/^\| \[[^\]]+\]\((?<target>[^)]+\.md)\)/gmu),
    ({ groups }) => join(dirname(INDEX), groups?.['target'] ?? ''),
  )
  expect(links.sort()).toEqual([...indexed, 'README.md'].sort())
})

it('every page of more than 2,500 words has a table of contents with all of its sections', () => {
  const missing = listPages().map((page) => [page, listMissingContents(readPage(page))] as const)
  expect(missing.filter(([, headings]) => headings.length > 0)).toEqual([])
})

it.each([
  ['# T\n\nFor authors: text.\n', true],
  ['# T\n\nFor authors without an end\n', false],
  ['# T\n\nA text for authors.\n', false],
  ['# T\n\n## For authors\n', false],
])('of %j it finds that it says for whom it is: %s', (text, expected) => {
  expect(saysForWhom(text)).toBe(expected)
})

it('a long page without contents is found, and each section that they lack', () => {
  const words = 'word '.repeat(MOST_WORDS)
  expect(listMissingContents(`# T\n\n## One two\n\n${words}`)).toEqual(['One two'])
  expect(listMissingContents(`# T\n\n- [One](#one-two)\n\n## One two\n\n${words}\n## Three\n`)).toEqual([
    'Three',
  ])
  expect(listMissingContents('# T\n\n## One two\n')).toEqual([])
})
