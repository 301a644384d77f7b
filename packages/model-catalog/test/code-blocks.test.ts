import { rmSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import {
  compileBlocks,
  outputInComments,
  type RunBlock,
  readSources,
  runBlocks,
  type WrittenBlock,
  writeBlocks,
} from './docs/code-blocks.ts'
import { listTestNames } from './docs/named-tests.ts'
import { type CodeBlock, findBlocks, listPages, readPage } from './docs/pages.ts'

/** Examples that need a server, an argument or an end: which test runs them instead. */
const RUN_ELSEWHERE: Readonly<Record<string, readonly [path: string, name: string]>> = {
  'catalog.watch(': [
    'packages/core/test/history-and-watch.test.ts',
    'watch gives what others change from a position on',
  ],
  'await resumeDownload(partial)': [
    'packages/verify/test/docs.test.ts',
    'the example of "Hash while downloading" runs, survives a broken connection, and cleans up',
  ],
  'openPostgresStore({ connectionString: process': [
    'packages/store-postgres/test/readme.test.ts',
    'the README has an example that prints what it says',
  ],
  'server.listen(9464)': [
    'packages/metrics/test/readme.test.ts',
    'the README has an example that prints what it says',
  ],
}

/** `pnpm x`, of the workspace and not of one package. */
const SCRIPT = /\bpnpm(?:@[\d.]+)? (?:--silent )?(?:run )?(?<script>[a-z…][a-z:-]*)/gu

const blocks = listPages().flatMap(findBlocks)
const examples = blocks.filter(({ language }) => language === 'ts')
const sources = readSources()
const isInSource = ({ code }: CodeBlock): boolean => sources.some((source) => source.includes(code))
const alone = examples.filter((block) => !isInSource(block))
const directories = new Map<string, string>()
const written = writeBlocks(alone, directories)

afterAll(() => {
  for (const directory of directories.values()) rmSync(directory, { recursive: true })
})

it('every example of every page compiles, and one that does not is told with its place', () => {
  const code = '\nconst count: number = "1"\n'
  const wrong = writeBlocks([{ page: 'docs/wrong.md', line: 7, language: 'ts', code }], directories)
  expect(examples.length).toBeGreaterThan(25)
  expect(compileBlocks([...written, ...wrong])).toEqual([
    expect.stringMatching(/^docs\/wrong\.md:8: .*not assignable/u),
  ])
})

it('what shows the code of a service, or of a tested program, is that code word for word', () => {
  const pages = examples.filter(isInSource).map(({ page }) => page)
  const times = (count: number, page: string): string[] => Array.from({ length: count }, () => page)
  expect(pages).toEqual([
    'docs/provisioning.md',
    ...times(5, 'docs/service.md'),
    ...times(3, 'docs/writing-a-store.md'),
    'packages/core/README.md',
    ...times(2, 'packages/testkit/README.md'),
  ])
})

it('every script of the workspace that a page names exists', () => {
  const { scripts } = JSON.parse(readPage('package.json'))
  const known = new Set([...Object.keys(scripts), 'exec', 'install', 'dlx', 'publish', '…'])
  const uses = listPages().flatMap((page) =>
    Array.from(readPage(page).matchAll(SCRIPT), ({ groups }) => ({ page, script: groups?.['script'] ?? '' })),
  )
  expect(uses.length).toBeGreaterThan(15)
  expect(uses.filter(({ script }) => !known.has(script))).toEqual([])
})

describe('running the examples', () => {
  const directory = useTemporaryDirectory()
  const isElsewhere = ({ code }: WrittenBlock): boolean =>
    Object.keys(RUN_ELSEWHERE).some((part) => code.includes(part))

  it('every example runs and prints what its page says', () => {
    const runnable = written.filter((block) => !isElsewhere(block))
    const runs = runBlocks(runnable, directory.path)
    expect(runs.filter(({ error }) => error !== undefined)).toEqual([])
    const wrong = runnable.filter((block, index) => {
      const said = outputSaidOf(block)
      const printed = runs[index]?.printed ?? ''
      return (
        (said !== undefined && said !== printed) || !literalsOf(block).every((text) => printed.includes(text))
      )
    })
    expect(wrong.map(({ page, line, file }) => [page, line, printedBy(file, runs)])).toEqual([])
  })

  it('every example that is run elsewhere is run by a test of that name', () => {
    for (const [part, [path, name]] of Object.entries(RUN_ELSEWHERE)) {
      expect(
        alone.filter(({ code }) => code.includes(part)),
        part,
      ).toHaveLength(1)
      expect(listTestNames(path)).toContain(name)
    }
  })
})

/** The block of text behind an example, or the comments behind its calls of `console.log`. */
function outputSaidOf({ page, line, code }: WrittenBlock): string | undefined {
  const comments = outputInComments(code)
  if (comments !== undefined) return comments
  const next = findBlocks(page).find((block) => block.line > line)
  return next?.language === 'text' ? next.code.trimEnd() : undefined
}

/** What it prints as it stands in the code. */
function literalsOf({ code }: WrittenBlock): string[] {
  return Array.from(code.matchAll(/console\.log\('(.*)'\)$/gmu), ([, text = '']) => text)
}

function printedBy(file: string, runs: readonly RunBlock[]): string | undefined {
  return runs.find((run) => run.file === file)?.printed
}

it('every block of JSON is JSON', () => {
  for (const { page, language, code } of blocks)
    if (language === 'json') expect(() => JSON.parse(code), page).not.toThrow()
})
