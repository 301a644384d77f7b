import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bundleProgram } from './bundle.ts'
import { createWorkspace, digestAtOnce } from './workspace.ts'

function readExample(): string {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  return /```ts\n(.*?)```/su.exec(readme)?.[1] ?? expect.unreachable('the README has no example')
}

it('the example of the README runs', async () => {
  const directory = createWorkspace()
  const model = join(directory, 'model.gguf')
  writeFileSync(model, 'a model')
  const program = await bundleProgram(directory, readExample(), { format: 'esm' })
  const output = execFileSync(process.execPath, [program, model], { encoding: 'utf8', stdio: 'pipe' })
  expect(output).toContain(`${digestAtOnce(model)} 7 `)
  expect(output).toContain(`expected ${'0'.repeat(64)} found ${digestAtOnce(model)}`)
})
