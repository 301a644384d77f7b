import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { OPERATIONS } from '../src/openapi/operations.ts'
import { HELP } from '../src/options.ts'
import { CATALOG_PROBLEMS } from '../src/problems/catalog-problems.ts'
import { SERVICE_PROBLEMS } from '../src/problems/service-problem.ts'

const SOURCE = new URL('../src/', import.meta.url)
const page = readFileSync(new URL('../../../docs/service.md', import.meta.url), 'utf8')
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('docs/service.md has the status of every code of the catalog, in the order of docs/errors.md', () => {
  const rows = [...page.matchAll(/^\| ([A-Z_]+) +\| (\d{3}) +\|$/gmu)].map(([, code, status]) => [
    code,
    Number(status),
  ])
  expect(rows).toEqual(Object.entries(CATALOG_PROBLEMS).map(([code, { status }]) => [code, status]))
})

it('docs/service.md speaks of every status that the service gives by itself', () => {
  for (const { status, title } of Object.values(SERVICE_PROBLEMS))
    if (![404, 413, 415].includes(status)) expect(page, title).toContain(String(status))
})

it('the README has every route and every option, and --help the same options', () => {
  for (const { method, path } of Object.values(OPERATIONS)) expect(readme).toContain(`${method} ${path}`)
  const options = readFileSync(new URL('options.ts', SOURCE), 'utf8').matchAll(
    /^ {2}'?([a-z-]+)'?: (?:text|integer|z\.)/gmu,
  )
  const names = Array.from(options, ([, name]) => `--${name}`)
  expect([...readme.matchAll(/^\| `(--[a-z-]+)`/gmu)].map(([, name]) => name)).toEqual(names)
  expect(Array.from(HELP.matchAll(/^ {2}(--[a-z-]+) [A-Z]/gmu), ([, name]) => name)).toEqual(names)
})
