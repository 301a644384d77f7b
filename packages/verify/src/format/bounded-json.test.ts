import { expect, it } from 'vitest'
import { fieldOf, parseBoundedJson } from './bounded-json.ts'

it('a field is one of the value itself', () => {
  expect(fieldOf({ a: 5 }, 'a')).toBe(5)
  expect(fieldOf([7], '0')).toBe(7)
  for (const value of [{}, [], null, undefined, 5, 'text'])
    expect(fieldOf(value, 'constructor')).toBeUndefined()
})

it('a text with very many lists is not parsed', () => {
  expect(parseBoundedJson('[[],[{}]]', 4)).toEqual({ value: [[], [{}]] })
  expect(parseBoundedJson('[[],[{}]]', 3)).toEqual({ problem: expect.stringContaining('more than 3') })
  expect(parseBoundedJson('["[[[[","\\"[["]', 1)).toEqual({ value: ['[[[[', '"[['] })
  expect(parseBoundedJson('["[', 1)).toEqual({ problem: 'is not JSON' })
})
