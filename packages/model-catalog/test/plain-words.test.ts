import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))

/** What is written in plain words so far; add a directory once its prose is. */
const DIRECTORIES = [
  'packages/core',
  'packages/files',
  'packages/metrics',
  'packages/model-catalog',
  'packages/store-fs',
  'packages/system-calls',
  'packages/types',
  'packages/verify',
  'apps/catalog-bdd',
  'apps/catalog-bench',
  'apps/catalog-cli',
  'apps/catalog-demo',
  'apps/model-provisioner',
  'apps/orchestratord',
  'apps/verify-page',
]
const NOT_SOURCES = new Set(['node_modules', 'dist', 'reports', 'coverage'])
/** Its text is the example in docs/provisioning.md. */
const QUOTED = ['packages/model-catalog/test/provisioner.ts']

/** Words that do not say who acts, or are not idiomatic. */
const UNCLEAR = [
  /\b(?:[Ss]ome|[Nn]o)body\b/u,
  /\b[Ww]ho(?:ever)\b/u,
  /\b[Pp]ut(?:s|ting)?(?: [a-z]+){0,4} aside\b/u,
  /\bwhere there (?:is|was) none\b/u,
  // As prose: `mend(` and `mend-history.ts` are code.
  /\b[Mm]ends?\b(?![-(])/u,
]

function listSources(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return NOT_SOURCES.has(entry.name) ? [] : listSources(path)
    return /\.(?:ts|feature)$/u.test(entry.name) ? [path] : []
  })
}

function findUnclear(path: string): readonly string[] {
  const name = relative(REPOSITORY, path).replaceAll('\\', '/')
  if (QUOTED.includes(name)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      UNCLEAR.some((word) => word.test(line)) ? [`${name}:${index + 1}: ${line.trim()}`] : [],
    )
}

it.each(DIRECTORIES)('%s says who acts, in plain words', (directory) => {
  const sources = listSources(join(REPOSITORY, directory))
  expect(sources).not.toEqual([])
  expect(sources.flatMap(findUnclear)).toEqual([])
})
