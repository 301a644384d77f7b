import { expect, it } from 'vitest'
import { findMissingTests, findNamedTests } from './docs/named-tests.ts'
import { readPage } from './docs/pages.ts'

const page = readPage('SECURITY.md')

it('every test that SECURITY.md names exists in the file that it names', () => {
  expect(findNamedTests(page).length).toBeGreaterThan(50)
  expect(findMissingTests(page)).toEqual([])
})

it('every claim about hostile input names a test', () => {
  const section = page.slice(page.indexOf('## What hostile input can do'), page.indexOf('## What is not'))
  const claims = section.split('\n').filter((line) => /^\| (?!it tries|-)/u.test(line))
  expect(claims.length).toBeGreaterThan(30)
  expect(claims.filter((claim) => findNamedTests(claim).length === 0)).toEqual([])
})
