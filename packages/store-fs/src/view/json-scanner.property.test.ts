import { scaleRuns } from '@catalog/testkit/running'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { JsonScanner } from './json-scanner.ts'

interface Seen {
  readonly problems: readonly { position: number; problem: string }[]
  readonly values: readonly string[]
}

function scan(text: string, limit = 100): Seen {
  const problems: { position: number; problem: string }[] = []
  const values: string[] = []
  new JsonScanner(text, {
    onValue: (path, position) => values.push(`${path.join('.')}@${position}`) > 0,
    onProblem: (_path, position, problem) => problems.push({ position, problem }) < limit,
  }).scan()
  return { problems, values }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const documents = fc
  .tuple(fc.jsonValue({ stringUnit: 'grapheme' }), fc.constantFrom(0, 2))
  .map(([value, indent]) => JSON.stringify(value, undefined, indent))
/** JSON with some characters taken out, put in or exchanged. */
const damagedDocuments = fc
  .tuple(
    documents,
    fc.array(
      fc.record({
        at: fc.nat(200),
        taken: fc.nat(2),
        put: fc.constantFrom(
          '',
          ',',
          '"',
          '{',
          '}',
          '[',
          ']',
          ':',
          '\\',
          '\n',
          'x',
          '0',
          '-',
          '.',
          '//',
          '\u0001',
          "'",
        ),
      }),
      { maxLength: 3 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((now, { at, taken, put }) => {
      const place = at % (now.length + 1)
      return now.slice(0, place) + put + now.slice(place + taken)
    }, text),
  )

it('finds a problem in a text exactly if JSON.parse rejects it', () => {
  fc.assert(
    fc.property(fc.oneof(damagedDocuments, fc.string(), fc.string({ unit: 'binary' })), (text) => {
      const { problems } = scan(text)
      expect({ text, isRight: problems.length === 0 }).toEqual({ text, isRight: isJson(text) })
      for (const { position } of problems) {
        expect(position).toBeGreaterThanOrEqual(0)
        expect(position).toBeLessThanOrEqual(text.length)
      }
    }),
    { numRuns: scaleRuns(500) },
  )
})

it('ends at the first problem if it is told to', () => {
  fc.assert(
    fc.property(damagedDocuments, (text) => {
      expect(scan(text, 1).problems.length).toBeLessThanOrEqual(1)
    }),
    { numRuns: scaleRuns(100) },
  )
})

it('tells where every value begins', () => {
  expect(scan('{ "a": [1, {"b": "x"}], "c": null }').values).toEqual([
    '@0',
    'a@7',
    'a.0@8',
    'a.1@11',
    'a.1.b@17',
    'c@29',
  ])
})

it.each([
  ['a comma too many', '{ "a": 1, }', 'there is an extra comma before this }', 10],
  ['two commas', '[1,,2]', 'there is an extra comma', 3],
  ['a missing comma', '{ "a": 1\n "b": 2 }', 'a comma is missing before this', 10],
  ['a missing colon', '{ "a" 1 }', 'a colon is missing before this', 6],
  ['a missing value', '{ "a": }', 'a value is missing', 7],
  ['single quotes', "{ 'a': 1 }", '"\'a\'" is not a field name in quotation marks', 2],
  ['a word', '[True]', '"True" is not a value', 1],
  ['a text without an end', '["a\n]', 'this string has no closing quotation mark', 1],
  ['a comment', '[1] // one', 'JSON has no comments', 4],
  ['a second value', '{} {}', 'there is text after the end', 3],
  ['the end too early', '{ "a": [1', 'it ends here, and 2 open brackets are not closed', 9],
  ['a bracket of the other kind', '{ "a": [1 }', 'a bracket is not closed before this }', 10],
  ['a backslash', '["C:\\models"]', 'this backslash does not begin a valid escape', 4],
  ['nothing', '', 'it is empty', 0],
])('names %s', (_what, text, problem, position) => {
  expect(scan(text).problems).toEqual([{ position, problem }])
})

it('names every place, and none twice', () => {
  const text = '{\n  "models": [\n    { "id": "a", },\n    { "id": b },\n    { "id" "c" }\n  ]\n}'
  expect(scan(text).problems.map(({ problem }) => problem)).toEqual([
    'there is an extra comma before this }',
    '"b" is not a value',
    'a colon is missing before this',
  ])
})

it('takes a text of many megabytes', () => {
  expect(scan(`["${'z'.repeat(13e6)}", "${'\\n'.repeat(7e6)}", ${'1'.repeat(1e6)},]`).problems).toHaveLength(
    1,
  )
})
