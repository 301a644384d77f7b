import { describe, expect, it } from 'vitest'
import { setNameOf } from './set-name.ts'

describe('setNameOf', () => {
  it.each([
    ['however its count is padded', 'm-00001-of-00003.gguf', 'm-2-of-3.gguf'],
    ['in any case', 'M-1-of-3.GGUF', 'm-2-OF-3.gguf'],
    ['also of ten and more', 'm-1-of-0010.gguf', 'm-2-of-10.gguf'],
    ['by parts', 'm.part1of2', 'm.part2of2'],
    ['by letters', 'm-split-a.bin', 'm-split-b.bin'],
  ])('is the same for two files of one set, %s', (_, one, other) => {
    expect(setNameOf(one)).toBeDefined()
    expect(setNameOf(one)).toBe(setNameOf(other))
  })

  it.each([
    ['another count', 'm-1-of-3.gguf', 'm-1-of-30.gguf'],
    ['a count with zeros inside', 'm-1-of-103.gguf', 'm-1-of-13.gguf'],
    ['a count of zero', 'm-1-of-0.gguf', 'm-1-of-.gguf'],
    ['another name that begins with zeros', '00m-1-of-3.gguf', 'm-1-of-3.gguf'],
    ['zeros that are not of a count', '007m-1-of-3.gguf', '7m-1-of-3.gguf'],
    ['another end', 'm-1-of-3.gguf', 'm-1-of-3.bin'],
    ['the same letters split otherwise', 'm1-1-of-2.gguf', 'm-1-of-12.gguf'],
  ])('differs for %s', (_, one, other) => {
    expect(setNameOf(one)).not.toBe(setNameOf(other))
  })

  it('takes a name of digits alone for a number', () => {
    expect(setNameOf('007-1-of-3')).toBe(setNameOf('7-2-of-3'))
  })

  it('is absent for a name that counts nothing', () => {
    expect(setNameOf('llama-3.1-8b.gguf')).toBeUndefined()
  })
})
