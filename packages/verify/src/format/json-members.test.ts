import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listMembers } from './json-members.ts'

const list = (text: string, max = 100): unknown[] => [...listMembers(Buffer.from(text), max)]

describe('listMembers', () => {
  it('lists what JSON.parse finds in an object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), fc.nat(3), (object, spaces) => {
        const expected = Object.entries(JSON.parse(JSON.stringify(object)))
        expect(list(`${JSON.stringify(object, undefined, spaces)}\n`, 10_000)).toEqual(expected)
      }),
    )
  })

  it('throws for what JSON.parse refuses', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })).map((object) => JSON.stringify(object)),
        fc.nat(),
        fc.constantFrom('', '{', '}', ',', '"', '[', ']', ':', '\\', 'x', ' '),
        (text, at, inserted) => {
          const damaged = `{${text.slice(1, 1 + (at % text.length))}${inserted}${text.slice(1 + (at % text.length))}`
          let isValid = true
          try {
            JSON.parse(damaged)
          } catch {
            isValid = false
          }
          if (isValid) expect(() => list(damaged, 10_000)).not.toThrow()
          else expect(() => list(damaged, 10_000)).toThrow()
        },
      ),
    )
  })

  it.each(['{', '{"a":1,}', '{,"a":1}', '{"a":1}{}', '{"a":1]', '{"a"}', '{"a', '{"a":[}'])(
    'does not take %s for an object',
    (text) => {
      expect(() => list(text)).toThrow('is not JSON')
    },
  )

  it('stops at an object that is too deep or too large', () => {
    expect(() => list(`{"a":${'['.repeat(100)}`)).toThrow('deeper')
    expect(() => list('{"a":[[],[],[]]}', 4)).toThrow('more than 4')
    expect(list('{"a":[[],[]]}', 4)).toEqual([['a', [[], []]]])
    expect(list('{"a":"[[[[["}', 1)).toEqual([['a', '[[[[[']])
  })
})
