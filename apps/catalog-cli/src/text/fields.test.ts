import { expect, it } from 'vitest'
import { formatFields } from './fields.ts'

it('keeps the lines of a value under each other', () => {
  const fields = [
    ['id', 'a'],
    ['failure', 'wrong\nat noon'],
  ] as const
  expect(formatFields(fields)).toEqual(['id       a', 'failure  wrong', '         at noon'])
  expect(formatFields([])).toEqual([])
})

const SHOWN = [
  ['id', 'a'],
  ['digest', `${'d'.repeat(40)} (registry)`],
] as const

it('breaks a value between words, and leaves a long word whole', () => {
  expect(formatFields(SHOWN, 44)).toEqual(['id      a', `digest  ${'d'.repeat(40)}`, '        (registry)'])
})

it('puts a value that does not fit below its name where there is little room', () => {
  expect(formatFields(SHOWN, 30)).toEqual(['id      a', 'digest', `  ${'d'.repeat(40)}`, '  (registry)'])
})
