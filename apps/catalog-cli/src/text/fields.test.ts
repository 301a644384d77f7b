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
