import { expect, it } from 'vitest'
import { isCount, isDeeperThan, isObject, MAX_START, parseJson } from './json.ts'

const nest = (levels: number, [opening, closing]: readonly [string, string] = ['[', ']']) =>
  opening.repeat(levels) + closing.repeat(levels)
const isDeeper = (text: string, levels: number) => isDeeperThan(Buffer.from(text), levels)

it('a JSON text is parsed down to 500 levels, and refused unparsed below', () => {
  expect(parseJson(Buffer.from(' {"a":["é"]} '))).toEqual({ a: ['é'] })
  expect(JSON.stringify(parseJson(Buffer.from(nest(500))))).toBe(nest(500))
  expect(() => parseJson(Buffer.from(nest(501)))).toThrow('500 levels')
  expect(() => parseJson(Buffer.from('{'))).toThrow(SyntaxError)
})

it.each<[string, readonly [string, string]]>([
  ['lists', ['[', ']']],
  ['objects', ['{"a":', '1}']],
  ['both', ['[{"a":', '1}]']],
])('the depth of nested %s is counted', (_, brackets) => {
  const levels = brackets[0].length > 5 ? 6 : 3
  expect(isDeeper(nest(3, brackets), levels)).toBe(false)
  expect(isDeeper(nest(3, brackets), levels - 1)).toBe(true)
})

it('the depth is that of the deepest place: brackets that were closed do not add to it', () => {
  expect(isDeeper('[[],[],[],{},{},[[]]]', 3)).toBe(false)
  expect(isDeeper('[[],[],[],{},{},[[]]]', 2)).toBe(true)
  expect(isDeeper('[[[[]]],1,2,3,4,5,6,7,8]', 3)).toBe(true)
})

it('brackets in strings do not count, also behind a quotation mark that is escaped', () => {
  expect(isDeeper('["[[[[{{{{"]', 1)).toBe(false)
  expect(isDeeper(String.raw`["\"[[[{{{"]`, 1)).toBe(false)
  expect(isDeeper(String.raw`["]]]]\\",[[[]]]]`, 3)).toBe(true)
  expect(isDeeper('["","",[[[]]]]', 3)).toBe(true)
  expect(isDeeper('["a string that does not end [[[[', 1)).toBe(false)
})

it('an object is neither a list nor null', () => {
  expect([{}, { a: 1 }].map(isObject)).toEqual([true, true])
  expect([null, [], 'text', 7, undefined, true].map(isObject)).toEqual(Array(6).fill(false))
})

it('a count is an integer in a range that includes both ends', () => {
  expect([1, 2, 3].map((value) => isCount(value, 1, 3))).toEqual([true, true, true])
  expect([0, 4, 1.5, '2', null, Number.NaN].map((value) => isCount(value, 1, 3))).toEqual(
    Array(6).fill(false),
  )
})

it('a count goes beyond where a catalog may begin, and not to where integers are inexact', () => {
  expect([MAX_START, MAX_START + 1, 2 ** 52].map((value) => isCount(value, 0))).toEqual([true, true, true])
  expect(isCount(2 ** 52 + 1, 0)).toBe(false)
})
