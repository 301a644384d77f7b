import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { LIFECYCLE_STATES } from '@catalog/types'
import { expect, it } from 'vitest'
import { findMissingTests, findNamedTests } from './docs/named-tests.ts'

const REPOSITORY = new URL('../../../', import.meta.url)
const page = readFileSync(new URL('docs/specification.md', REPOSITORY), 'utf8')
const rows = page.split('\n').filter((line) => /^\| (?!line |number |-)/u.test(line))

it('every test that docs/specification.md names exists in the file that it names', () => {
  expect(findNamedTests(page).length).toBeGreaterThan(60)
  expect(findMissingTests(page)).toEqual([])
})

it('every line of the specification names a test, but for requirements that ask nothing of a catalog', () => {
  expect(rows.length).toBeGreaterThan(60)
  const unheld = rows.filter((row) => findNamedTests(row).length === 0)
  expect(unheld.filter((row) => !/^\| ORCH-\d+ .* nothing: /u.test(row))).toEqual([])
})

it('the page says of each named requirement what it means', () => {
  const numbers = rows.flatMap((row) => /^\| ORCH-(?<number>\d+) /u.exec(row)?.groups?.['number'] ?? [])
  expect(numbers.join(' ')).toBe('3004 3005 3008 3010 3011 3016 3017 3027 3028 3044 3045')
})

it('the states are those of the specification', () => {
  expect(LIFECYCLE_STATES).toEqual(['Pending', 'Active', 'Retired', 'Failed'])
})

it('every package has the licence of the specification', () => {
  for (const group of ['packages/', 'apps/'])
    for (const name of readdirSync(fileURLToPath(new URL(group, REPOSITORY)))) {
      const { license } = JSON.parse(
        readFileSync(new URL(`${group}${name}/package.json`, REPOSITORY), 'utf8'),
      )
      expect(license, name).toBe('GPL-3.0-or-later')
    }
})
