import { expect, it } from 'vitest'
import { formatJson, toPrintable, toPrintableColored } from './printable.ts'

it('disarms what moves the cursor or turns the writing round, and leaves every other letter', () => {
  expect(toPrintable('a\u001b[31m\u202egpj\nModèle 🦙 模型')).toBe(
    'a\\u{1b}[31m\\u{202e}gpj\\u{a}Modèle 🦙 模型',
  )
})

it('leaves the colours of the program in a line, and nothing else that begins as they do', () => {
  expect(toPrintableColored('\u001b[31mFailed\u001b[39m \u001b[2J\u009b31m\u202e')).toBe(
    '\u001b[31mFailed\u001b[39m \\u{1b}[2J\\u{9b}31m\\u{202e}',
  )
})

it('is JSON that parses to the same, without a character that hides or turns the text', () => {
  const document = { name: 'a\u202egpj\u2028\u0085\u200b\u{e0001}🦙', id: 'line\nbreak \u001b' }
  const text = formatJson(document, 2)
  expect(JSON.parse(text)).toEqual(document)
  expect(text).not.toMatch(/[\u0085\p{Cf}\p{Zl}\p{Zp}]/u)
  expect(text).toContain('\\u202egpj')
  expect(text.split('\n')).toHaveLength(4)
})
