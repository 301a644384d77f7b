import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from 'node:util'
import { expect, it, onTestFinished, vi } from 'vitest'

it('the example of the README prints what its comments say', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const example = /```ts\n(.*?)```/su.exec(readme)?.[1] ?? expect.unreachable('the README has no example')
  const expected = [...example.matchAll(/console\.log\(.*\) \/\/ (.*)$/gmu)].map(([, comment]) => comment)
  const printed: string[] = []
  vi.spyOn(console, 'log').mockImplementation((...values) => void printed.push(format(...values)))
  const directory = mkdtempSync(join(tmpdir(), 'readme-'))
  onTestFinished(() => {
    vi.restoreAllMocks()
    rmSync(directory, { recursive: true })
  })
  const source = example.replaceAll(/'@catalog\/types(?:\/(\w+))?'/gu, (_name, entry = 'index') =>
    JSON.stringify(fileURLToPath(new URL(`../src/${entry}.ts`, import.meta.url))),
  )
  writeFileSync(join(directory, 'example.ts'), source)
  await import(join(directory, 'example.ts'))
  expect(expected).toHaveLength(3)
  expect(printed).toEqual(expected)
})
