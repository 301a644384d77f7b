import { expect, it } from 'vitest'
import { displayWidth } from './display-width.ts'
import { wrapWords } from './wrap-words.ts'

it('breaks between words, and indents what follows', () => {
  expect(wrapWords('plain: a/wren.gguf is an unfinished download [incomplete]', 24)).toEqual([
    'plain: a/wren.gguf is an',
    '  unfinished download',
    '  [incomplete]',
  ])
})

it('leaves a text that fits, and one without a width, as it is', () => {
  for (const width of [13, Number.POSITIVE_INFINITY]) {
    expect(wrapWords('a text  of it', width)).toEqual(['a text  of it'])
  }
})

it('cuts only a word that is longer than a line, in its middle', () => {
  expect(wrapWords(`see ${'a'.repeat(9)}${'b'.repeat(9)} there`, 12)).toEqual([
    'see',
    '  aaaa…bbbbb',
    '  there',
  ])
})

it.each([1, 8, 40])('is never wider than %d columns, whatever the characters are', (width) => {
  const lines = wrapWords('模型/鹪鹩-很长的名字.gguf is 不完整 of a wren 🪶', width)
  expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
})
