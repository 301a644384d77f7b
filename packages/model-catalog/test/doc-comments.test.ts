import { rmSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { CATALOG_ERROR_CODES } from '@catalog/types'
import { afterAll, describe, expect, it } from 'vitest'
import {
  compileBlocks,
  outputInComments,
  readDocComments,
  runBlocks,
  writeBlocks,
} from './docs/code-blocks.ts'
import { type Documented, findExample, readDocumented, readThrows } from './docs/doc-comments.ts'

/** Calls that reject with no error of the catalog. */
const NEVER_REJECTS = [
  'Catalog.[Symbol.asyncDispose]',
  'FileVerifier.close',
  'GroupCommit.idle',
  'GroupCommit.submit',
  'MeteredCatalog.counts',
  'MetricsReader.read',
  'OpenModel.close',
  'OpenModelFile.close',
  'PostgresClient.query',
  'PostgresPool.connect',
  'RegisteredMetric.get',
  'ScanRecord.isCurrent',
  'ScanRecord.note',
  'Verifier.[Symbol.asyncDispose]',
  'Verifier.close',
  'Volumes.close',
  'createSha256',
]
const TAG = /^\{CatalogError\} (?<code>[A-Z_]+) if \S/u
const OTHER_ERROR = /^\{(?!CatalogError)[A-Z][A-Za-z]*\} if \S/u
const LINK = /https?:\/\/\S+/gu
const PAGE = /\b[\w/-]+\.md\b/u

const documented = readDocumented()
const isOfTestkit = (each: Documented): boolean => each.package === '@catalog/testkit'
const directories = new Map<string, string>()
const examples = writeBlocks(documented.flatMap(findExample), directories)

afterAll(() => {
  for (const directory of directories.values()) rmSync(directory, { recursive: true })
})

/** What is wrong with the `@throws` tags of a doc comment. */
function findTagProblems(each: Documented): readonly string[] {
  const place = `${each.path}:${each.line} ${each.name}`
  const tags = readThrows(each)
  const codes = tags.map((tag) => TAG.exec(tag)?.groups?.['code'])
  return tags.flatMap((tag, index) => {
    const code = codes[index]
    if (code === undefined) return OTHER_ERROR.test(tag) ? [] : [`${place}: malformed: ${tag}`]
    if (!CATALOG_ERROR_CODES.some((known) => known === code)) return [`${place}: unknown code ${code}`]
    return codes.indexOf(code) === index ? [] : [`${place}: ${code} twice`]
  })
}

it('every public function and method that can reject says with which error codes', () => {
  const rejecting = documented.filter((each) => each.isAsync && !isOfTestkit(each))
  const silent = rejecting.filter((each) => !readThrows(each).some((tag) => TAG.test(tag)))
  const tagged = new Set(rejecting.filter((each) => !silent.includes(each)).map(({ name }) => name))
  expect(tagged.size).toBeGreaterThan(80)
  // An overload may leave the tags to another one.
  const names = silent.map(({ name }) => name).filter((name) => !tagged.has(name))
  expect(names.sort()).toEqual(NEVER_REJECTS)
})

it('every tag @throws names one known error code, and when it is thrown', () => {
  expect(documented.flatMap(findTagProblems)).toEqual([])
})

it.each([
  ['INVALID_INPUT also for a plan', 'malformed: INVALID_INPUT also for a plan'],
  ['{CatalogError} READ_ONLY, NO_SPACE', 'malformed: {CatalogError} READ_ONLY, NO_SPACE'],
  ['{CatalogError} NOT_FOUNDED if it is not there', 'unknown code NOT_FOUNDED'],
  ['{CatalogError} IO if a\n@throws {CatalogError} IO if b', 'IO twice'],
])('of the tag "@throws %s" it finds wrong "%s"', (tag, problem) => {
  const each = { name: 'x', package: 'p', path: 'x.ts', line: 1, isAsync: true, isCallable: true }
  expect(findTagProblems({ ...each, text: `@throws ${tag}` })).toEqual([`x.ts:1 x: ${problem}`])
})

it('every overload has a doc comment of its own, because an editor shows no other', () => {
  const bare = documented.filter(({ isCallable, text }) => isCallable && text === '')
  expect(bare.filter((each) => !isOfTestkit(each)).map(({ name }) => name)).toEqual([])
})

it('no doc comment names a page that is not in the package', () => {
  const comments = readDocComments()
  expect(comments.length).toBeGreaterThan(1000)
  expect(comments.filter(({ text }) => PAGE.test(text.replaceAll(LINK, '')))).toEqual([])
})

describe('the examples', () => {
  const directory = useTemporaryDirectory()

  it('are at least thirty, and compile', () => {
    expect(examples.length).toBeGreaterThanOrEqual(30)
    expect(compileBlocks(examples)).toEqual([])
  })

  it('run, and print what their comments say', () => {
    const runs = runBlocks(examples, directory.path)
    const wrong = examples.flatMap(({ page, code }, index) => {
      const { printed, error } = runs[index] ?? { printed: '', error: 'was not run' }
      const said = outputInComments(code) ?? ''
      return error === undefined && printed === said ? [] : [{ page, said, printed, error }]
    })
    expect(wrong).toEqual([])
  })
})
