import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const PACKAGES = fileURLToPath(new URL('../..', import.meta.url))
/** What an installed catalog runs: all packages but the tests' own. */
const INSTALLED = readdirSync(PACKAGES).filter((name) => name !== 'testkit')

/** It is there to reach a database. */
const ON_THE_NETWORK = 'store-postgres/'

const NETWORK =
  /from '(?:node:)?(?:http|https|http2|net|tls|dgram|dns|undici)[/']|\b(?:fetch|WebSocket|EventSource)\(/u
const PROGRAMS = /from '(?:node:)?(?:child_process|cluster|ffi)[/']|process\.dlopen|\.node['"]/u

function* listSources(): Generator<string> {
  for (const name of INSTALLED)
    for (const file of readdirSync(join(PACKAGES, name, 'src'), { recursive: true, encoding: 'utf8' }))
      if (/(?<!\.test)\.ts$/u.test(file)) yield join(PACKAGES, name, 'src', file)
}

function findSources(pattern: RegExp): string[] {
  const paths = [...listSources()].filter((path) => pattern.test(readFileSync(path, 'utf8')))
  return paths.map((path) => relative(PACKAGES, path))
}

it('no package of the catalog uses the network, but for the store in a database', () => {
  expect(findSources(NETWORK).filter((path) => !path.startsWith(ON_THE_NETWORK))).toEqual([])
})

it('no package of the catalog starts a program or loads native code', () => {
  expect(findSources(PROGRAMS)).toEqual([])
})

it('the sources that are searched are those of every package', () => {
  expect(findSources(/from 'node:fs/u).length).toBeGreaterThan(5)
  expect([...listSources()].length).toBeGreaterThan(200)
})
