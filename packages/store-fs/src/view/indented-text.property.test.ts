import { scaleRuns } from '@catalog/testkit/running'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { IndentedText } from './indented-text.ts'

function indent(values: readonly unknown[], steps: number): string {
  const text = new IndentedText()
  for (const value of values) {
    const json = Buffer.from(`[${JSON.stringify(value)}]`)
    text.addJson(json, 1, json.length - 1, steps)
    text.add('\n')
  }
  return text.take().toString()
}

it('is what JSON.stringify makes of the same value', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ stringUnit: 'grapheme' })), (values) => {
      expect(indent(values, 0)).toBe(
        values.map((value) => `${JSON.stringify(value, undefined, 2)}\n`).join(''),
      )
    }),
    { numRuns: scaleRuns(50) },
  )
})

it('is indented by further steps, but not inside a string', () => {
  expect(indent([{ a: ['x\ny\u2028,{"\\'], b: {} }], 1)).toBe(
    '{\n    "a": [\n      "x\\ny\u2028,{\\"\\\\"\n    ],\n    "b": {}\n  }\n',
  )
})

it('takes texts of any length and depth', () => {
  const deep = JSON.parse('['.repeat(500) + ']'.repeat(500))
  const long = { text: '\u00e9"'.repeat(100_000), numbers: Array.from({ length: 50_000 }, (_, n) => n) }
  const values = [long.text, deep, long]
  expect(indent(values, 0)).toBe(values.map((value) => `${JSON.stringify(value, undefined, 2)}\n`).join(''))
})

it('begins anew once its bytes are taken', () => {
  const text = new IndentedText()
  text.add('one')
  expect([text.length, text.take().toString(), text.length]).toEqual([3, 'one', 0])
  text.add('\u20ac')
  expect(text.take().toString()).toBe('\u20ac')
})
