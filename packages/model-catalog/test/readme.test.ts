import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT_README = new URL('../../../README.md', import.meta.url)

let directory = ''
beforeEach(async () => {
  // Below this package, so that the examples import what an installed reader would import.
  directory = await mkdtemp(join(HERE, '.readme-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

it('the examples are JavaScript that Node.js 20 understands', async () => {
  const text = await readFile(ROOT_README, 'utf8')
  for (const [index, code] of findBlocks(text, 'ts').entries()) {
    const program = join(directory, `example-${index}.mjs`)
    await writeFile(program, code)
    await promisify(execFile)(process.execPath, ['--check', program])
  }
})

it('the README names the two commands', async () => {
  const text = await readFile(ROOT_README, 'utf8')
  expect(text).toContain('npx -y pnpm@10.34.9 demo')
  expect(text).toContain('npx -y pnpm@10.34.9 test')
})

function findBlocks(markdown: string, language: string): string[] {
  const blocks = markdown.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gmsu'))
  return Array.from(blocks, ([, code = '']) => code)
}
