import { expect, it } from 'vitest'
import { splitLines } from './line-splitter.ts'

function split(text: string, offset: number) {
  const { lines, consumed } = splitLines(Buffer.from(text), offset)
  return { lines: lines.map(({ bytes, offset: at }) => [String(bytes), at]), consumed }
}

it('gives the complete lines without their line feeds, each with its place in the file', () => {
  expect(split('ab\nc\n', 100)).toEqual({
    lines: [
      ['ab', 100],
      ['c', 103],
    ],
    consumed: 5,
  })
})

it('leaves what follows the last line feed for the next piece', () => {
  expect(split('ab\ncd', 0)).toEqual({ lines: [['ab', 0]], consumed: 3 })
  expect(split('abcd', 7)).toEqual({ lines: [], consumed: 0 })
  expect(split('', 7)).toEqual({ lines: [], consumed: 0 })
})

it('passes over empty lines, which count as read', () => {
  expect(split('\n\na\n\n', 10)).toEqual({ lines: [['a', 12]], consumed: 5 })
})
