import { readFileSync } from 'node:fs'
import { sampleGguf } from '@catalog/testkit/models'
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

/** The names in `{ a, b: [{ … }], c }` of the table of JSON documents. */
function readDocumentKeys(command: string): string[] {
  const row = readme.split('\n').find((line) => line.startsWith(`| ${command} `) && line.includes('| `{ '))
  const document = row?.split('|')[2] ?? expect.unreachable(`the README has no document of ${command}`)
  const outer = document.replaceAll(/: \[\{.*?\}\]/gu, '')
  return [...outer.matchAll(/[a-zA-Z]+(?=[,:]| \})/gu)].map(([key]) => key)
}

it.each([
  ['`add` of several paths', ['add', 'a.gguf', 'b.gguf']],
  ['`ls`', ['ls']],
  ['`verify`', ['verify', 'c']],
  ['`path`', ['path', 'c']],
  ['`locate`', ['locate', 'c']],
  ['`history`', ['history']],
  ['`history --at`', ['history', '--at', '2125-01-01T00:00:00Z']],
  ['`prune-history`', ['prune-history', '--keep', '2']],
  ['`digest`', ['digest', 'c.gguf']],
  ['`lease ls`', ['lease', 'ls']],
  ['`policy`, `policy set`, … `unset`', ['policy']],
  ['`rm`', ['rm', 'c']],
])('the JSON document of %s has the fields that the table names', async (command, args) => {
  const world = createWorld()
  for (const name of ['a', 'b', 'c']) world.write(`${name}.gguf`, sampleGguf(name))
  await world.run('add', 'c.gguf')
  const { code, stdout } = await world.run(...args, '--json')
  expect(code).toBe(0)
  expect(Object.keys(JSON.parse(stdout)).sort()).toEqual(readDocumentKeys(command).sort())
})
