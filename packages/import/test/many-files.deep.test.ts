import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { buildPlain, buildStore } from '@catalog/testkit/layouts'
import { bundleProgram } from '@catalog/testkit/running'
import { expect, it } from 'vitest'

const FILES = 200_000
const IN_ONE_DIRECTORY = 100_000
/** More than a git-lfs pointer can have. */
const MODEL = new Uint8Array(2048)
/** What the tool itself needs, and what the names of so many files take. */
const MOST_MEMORY_MIB = 1024

const root = useTemporaryDirectory()

it('a scan of 200,000 files, half of them in one directory, finds each model', async () => {
  const store = buildStore(root.at('tree'))
  const spare: string[] = []
  // A file can have some ten thousand names.
  for (let file = 0; file < FILES; file += 10_000) spare.push(store.put(`spare/${file}`, MODEL))
  mkdirSync(store.at('flat'))
  for (let file = 0; file < FILES; file += 1) {
    const isFlat = file < IN_ONE_DIRECTORY
    const directory = isFlat ? 'flat' : `deep/${Math.floor(file / 100)}`
    if (!isFlat && file % 100 === 0) mkdirSync(store.at(directory), { recursive: true })
    linkSync(spare[Math.floor(file / 10_000)] ?? '', store.at(`${directory}/wren-${file}.gguf`))
  }
  buildPlain(store.at('last'))
  const { node, path } = await bundleProgram(new URL('./scan-program.ts', import.meta.url))
  const found = JSON.parse(execFileSync(node, [path, store.root], { encoding: 'utf8' }))
  console.log(`${FILES} files: ${found.scanMs} ms, ${found.rssMiB} MiB`)
  expect(found).toMatchObject({ candidates: FILES + 5, kinds: [] })
  expect(found.rssMiB).toBeLessThan(MOST_MEMORY_MIB)
})
