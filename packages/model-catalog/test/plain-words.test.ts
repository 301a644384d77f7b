import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { listPages, readPage } from './docs/pages.ts'

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))

/** What is written in plain words so far; add a directory once its prose is. */
const DIRECTORIES = [
  'packages/core',
  'packages/files',
  'packages/metrics',
  'packages/model-catalog',
  'packages/store-fs',
  'packages/store-postgres',
  'packages/system-calls',
  'packages/testkit',
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
/** It has to name the words. */
const THIS_FILE = 'packages/model-catalog/test/plain-words.test.ts'

/** Words that do not say who acts, or are not idiomatic. */
const UNCLEAR = [
  /\b(?:[Ss]ome|[Nn]o)body\b/u,
  /\b[Ww]ho(?:ever)\b/u,
  /\b[Pp]ut(?:s|ting)?(?: [a-z]+){0,4} aside\b/u,
  /\bwhere there (?:is|was) none\b/u,
  // As prose: `mend(` and `mend-history.ts` are code.
  /\b[Mm]ends?\b(?![-(])/u,
  /\bwhere absent\b/u,
  /\bto be read only\b/u,
  /\ba whole number\b/u,
  /\bin the catalog already\b/u,
  /\bis to be verified again\b/u,
  /\b[Tt]his is no [a-z]+ file\b/u,
  /\bcannot look at\b/u,
  /\bit is no [a-z]+ any more\b/u,
  /\b[Hh]e shares\b/u,
  /\bleases that count\b/u,
  /\b(?:hasSomethingToTell|isCounting|putAside|createOvertaken|isStillMeant)\b/u,
]

/** Also not in a page. */
const UNCLEAR_IN_PAGES = [
  ...UNCLEAR,
  /\b(?:[Ee]very|[Aa]ny)body\b/u,
  /\bis no (?:longer )?[a-z]+ any ?more\b/u,
  /(?:^|[.;:] )Who [a-z]/u,
]
/** Where the table of words says which not to use. */
const NOT_CHECKED = /^docs\/decisions\/|^ARCHITECTURE\.md$/u

function listSources(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return NOT_SOURCES.has(entry.name) ? [] : listSources(path)
    return /\.(?:ts|feature)$/u.test(entry.name) ? [path] : []
  })
}

function findUnclear(path: string): readonly string[] {
  const name = relative(REPOSITORY, path).replaceAll('\\', '/')
  return name === THIS_FILE ? [] : findLines(name, readFileSync(path, 'utf8'), UNCLEAR)
}

function findLines(name: string, text: string, words: readonly RegExp[]): readonly string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      words.some((word) => word.test(line)) ? [`${name}:${index + 1}: ${line.trim()}`] : [],
    )
}

it.each(DIRECTORIES)('%s says who acts, in plain words', (directory) => {
  const sources = listSources(join(REPOSITORY, directory))
  expect(sources).not.toEqual([])
  expect(sources.flatMap(findUnclear)).toEqual([])
})

it('every page says who acts, in plain words', () => {
  const pages = listPages().filter((page) => !NOT_CHECKED.test(page))
  expect(pages.length).toBeGreaterThan(25)
  expect(pages.flatMap((page) => findLines(page, readPage(page), UNCLEAR_IN_PAGES))).toEqual([])
})
