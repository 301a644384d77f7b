import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CATALOG_EXIT_CODES, EXIT_CODES } from '../src/problem/exit-codes.ts'
import { createWorld } from './world.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('the table of exit codes says what the program does', () => {
  const rows = [...readme.matchAll(/^\| *([0-9]+) *\| *([^|]+?) *\| *[^|]+? *\|$/gmu)]
  const written = rows.flatMap(([, code, names = '']) =>
    names.split(', ').map((name) => [name.replaceAll('`', ''), Number(code)] as const),
  )
  const all = { ...EXIT_CODES, ...CATALOG_EXIT_CODES }
  expect(Object.fromEntries(written)).toEqual(all)
  expect(written).toHaveLength(Object.keys(all).length)
})

it('the README of the repository gives every error code the same exit code', () => {
  const text = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
  const rows = text.matchAll(/^\| *([0-9]+) *\| *([A-Z_]+) *\|/gmu)
  expect(Object.fromEntries(Array.from(rows, ([, code, name]) => [name, Number(code)]))).toEqual(
    CATALOG_EXIT_CODES,
  )
})

it('the example runs', async () => {
  const example = /```sh\n(.*?)```/su.exec(readme)?.[1] ?? expect.unreachable('the README has no example')
  const { code, stdout, stderr } = await createWorld().runShell(`set -e\n${example}`)
  expect({ code, stderr }).toMatchObject({ code: 0 })
  expect(stdout).toContain('1 model: 1 Active\n')
  expect(stdout).toContain('tiny: Retired\n')
})
