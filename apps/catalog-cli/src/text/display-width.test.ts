import { expect, it } from 'vitest'
import { displayWidth, padToWidth, shortenMiddle } from './display-width.ts'

it.each([
  ['abc', 3],
  ['模型', 4],
  ['🦙', 2],
  ['e\u0301', 1],
  ['', 0],
])('%s takes %d columns', (text, width) => {
  expect(displayWidth(text)).toBe(width)
  expect(padToWidth(text, 6)).toBe(`${text}${' '.repeat(6 - width)}`)
  expect(padToWidth(text, 6, 'right')).toBe(`${' '.repeat(6 - width)}${text}`)
})

it.each([
  ['abcdefghij', 10, 'abcdefghij'],
  ['abcdefghij', 9, 'abcd…ghij'],
  ['abcdefghij', 4, 'ab…j'],
  ['abcdefghij', 2, 'a…'],
  ['abcdefghij', 1, '…'],
  ['abcdefghij', 0, ''],
  ['🦙🦙🦙🦙', 8, '🦙🦙🦙🦙'],
  ['🦙🦙🦙🦙', 5, '🦙…🦙'],
  ['🦙🦙🦙🦙', 3, '…'],
  ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
])('%s in %d columns is %s', (text, width, shown) => {
  expect(shortenMiddle(text, width)).toBe(shown)
})
