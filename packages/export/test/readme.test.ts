import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { useTemporaryDirectory } from '@catalog/testkit'
import { expect, it, vi } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const directory = useTemporaryDirectory()

function blockOf(kind: string): string {
  return new RegExp(`\`\`\`${kind}\\n(.*?)\`\`\``, 'su').exec(readme)?.[1] ?? expect.unreachable(kind)
}

it('the README has an example that prints what it says', async () => {
  const printed: string[] = []
  vi.spyOn(console, 'log').mockImplementation((...words: string[]) => void printed.push(words.join(' ')))
  const index = fileURLToPath(new URL('../src/index.ts', import.meta.url))
  const facade = fileURLToPath(import.meta.resolve('model-catalog'))
  const source = blockOf('ts')
    .replaceAll("'@catalog/export'", JSON.stringify(index))
    .replaceAll("'model-catalog'", JSON.stringify(facade))
    .replaceAll("'./", `'${directory.path}/`)
  const file = directory.at('example.ts')
  writeFileSync(file, source)
  await import(pathToFileURL(file).href)
  expect(printed.join('\n')).toBe(blockOf('text').trim())
})
