import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { listAnchors } from './docs/anchors.ts'
import { listPages, REPOSITORY, readPage } from './docs/pages.ts'

const LINK = /\]\((?<target>[^)\s]+)\)/gu
const CODE = /^```.*?^```$|`[^`\n]*`/gmsu

/** What is wrong with a link of a page, if something is. */
function findProblem(page: string, target: string): string | undefined {
  if (/^https?:/u.test(target)) return undefined
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(REPOSITORY, file))) return `${page}: ${target} does not exist`
  const isThere = anchor === undefined || !file.endsWith('.md') || listAnchors(file).has(anchor)
  return isThere ? undefined : `${page}: ${target} is not a heading`
}

it('every link of every page leads to a file and a heading that exist', () => {
  const links = listPages().flatMap((page) =>
    Array.from(readPage(page).replaceAll(CODE, '').matchAll(LINK), ({ groups }) => ({
      page,
      target: groups?.['target'] ?? '',
    })),
  )
  expect(links.length).toBeGreaterThan(150)
  expect(links.flatMap(({ page, target }) => findProblem(page, target) ?? [])).toEqual([])
})

it.each([
  ['LICENSE', undefined],
  ['docs/errors.md#not_found', undefined],
  ['https://example.com/x', undefined],
  ['docs/absent.md', 'README.md: docs/absent.md does not exist'],
  ['docs/errors.md#not-an-error', 'README.md: docs/errors.md#not-an-error is not a heading'],
])('of the link %s in the README it finds wrong %s', (target, problem) => {
  expect(findProblem('README.md', target)).toBe(problem)
})

it('the README of each public package links to what it exports', () => {
  const readmes = listPages().filter((page) => /^packages\/(?!testkit|system-calls).*README\.md$/u.test(page))
  expect(readmes.length).toBeGreaterThan(6)
  for (const page of readmes) expect(readPage(page), page).toContain('](api/index.d.ts)')
})
