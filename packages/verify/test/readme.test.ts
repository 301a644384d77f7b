import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bundleText } from './bundle.ts'
import { startProgramThread } from './program-thread.ts'
import { createWorkspace, digestAtOnce } from './workspace.ts'

const PREAMBLE = `
import { readFileSync } from 'node:fs'
const path = process.argv[2]
const content = readFileSync(path)
const fetchAgain = ({ offset, length }) => content.subarray(offset, offset + length)
`

// What happens to the file between the day of its map and that of its audit.
const DAMAGE = `await writeFile(path, 'a mOdel')\n`

function readExample(index: number): string {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const examples = [...readme.matchAll(/```ts\n(.*?)```/gsu)].map(([, code]) => code)
  return examples[index] ?? expect.unreachable('the README has no such example')
}

it('the example of the README runs', async () => {
  const directory = createWorkspace()
  const model = join(directory, 'model.gguf')
  writeFileSync(model, 'a model')
  const program = await bundleText(directory, readExample(0), { format: 'esm' })
  const output = await startProgramThread()(program, [model])
  expect(output).toContain(`${digestAtOnce(model)} 7 `)
  expect(output).toContain(`expected ${'0'.repeat(64)} found ${digestAtOnce(model)}`)
})

it('the example of chunk maps repairs the file', async () => {
  const directory = createWorkspace()
  const model = join(directory, 'model.gguf')
  writeFileSync(model, 'a model')
  const code = readExample(1).replace('const audit =', `${DAMAGE}const audit =`)
  expect(code).toContain(DAMAGE)
  const program = await bundleText(directory, PREAMBLE + code, { format: 'esm' })
  await startProgramThread()(program, [model])
  expect(readFileSync(model, 'utf8')).toBe('a model')
})
