import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
const NOT_OURS: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage', '.git', '.turbo'])
/** The export condition that leads to a package's sources. */
const CONDITION = '@catalog/source'

function* listTexts(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    // Examples of pages come and go there while other tests run.
    const isOurs = !NOT_OURS.has(entry.name) && !entry.name.startsWith('.pages-')
    if (entry.isDirectory() && isOurs) yield* listTexts(path)
    if (entry.isFile() && /\.(?:md|ts|mjs|json|feature)$/u.test(entry.name)) yield path
  }
}

function readPackageNames(): ReadonlySet<string> {
  const names = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(REPOSITORY, group)).map((name): string => {
      return JSON.parse(readFileSync(join(REPOSITORY, group, name, 'package.json'), 'utf8')).name
    }),
  )
  return new Set([...names, CONDITION])
}

it('no source, message or page names a package that this repository does not have', () => {
  const known = readPackageNames()
  const wrong: string[] = []
  let named = 0
  for (const path of listTexts(REPOSITORY)) {
    for (const [name] of readFileSync(path, 'utf8').matchAll(/@catalog\/[a-z0-9-]+/gu)) {
      named++
      if (!known.has(name)) wrong.push(`${relative(REPOSITORY, path)}: ${name}`)
    }
  }
  expect(wrong).toEqual([])
  expect(named).toBeGreaterThan(100)
})
