import { expect, it } from 'vitest'
import { shortenMiddle, toPrintable } from './printable.ts'

it('disarms what moves the cursor or turns the writing round, and leaves every other letter', () => {
  expect(toPrintable('a\u001b[31m\u202egpj\nModèle 🦙 模型')).toBe(
    'a\\u{1b}[31m\\u{202e}gpj\\u{a}Modèle 🦙 模型',
  )
})

it.each([
  ['abcdefghij', 10, 'abcdefghij'],
  ['abcdefghij', 9, 'abcd…ghij'],
  ['abcdefghij', 4, 'ab…j'],
  ['abcdefghij', 2, 'a…'],
  ['abcdefghij', 1, '…'],
  ['abcdefghij', 0, ''],
  ['🦙🦙🦙🦙', 3, '🦙…🦙'],
])('%s in %d columns is %s', (text, width, shown) => {
  expect(shortenMiddle(text, width)).toBe(shown)
})
