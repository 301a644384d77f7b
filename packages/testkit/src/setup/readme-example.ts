import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, it, vi } from 'vitest'
import { useTemporaryDirectory } from './temporary-directory.ts'

/** A README whose first example says what it prints. */
export interface ReadmeExample {
  readonly readme: URL
  /** The sources that stand for the packages that the example imports, by their names. */
  readonly sources: Readonly<Record<string, string | URL>>
}

/** The first example of a README runs in a directory of its own, and prints what the text below it says. */
export function describeReadmeExample({ readme, sources }: ReadmeExample): void {
  const text = readFileSync(readme, 'utf8')
  const directory = useTemporaryDirectory()
  const blockOf = (kind: string): string =>
    new RegExp(`\`\`\`${kind}\\n(.*?)\`\`\``, 'su').exec(text)?.[1] ?? expect.unreachable(kind)

  it('the README has an example that prints what it says', async () => {
    const printed: string[] = []
    vi.spyOn(console, 'log').mockImplementation((...words: string[]) => void printed.push(words.join(' ')))
    let program = blockOf('ts').replaceAll("'./", `'${directory.path}/`)
    for (const [name, source] of Object.entries(sources)) {
      program = program.replaceAll(`'${name}'`, JSON.stringify(fileURLToPath(source)))
    }
    const file = directory.at('example.ts')
    writeFileSync(file, program)
    await import(pathToFileURL(file).href)
    expect(printed.join('\n')).toBe(blockOf('text').trim())
  })
}
