import { expect, it } from 'vitest'
import { Recent } from './recent.ts'

const NUMBERS = Array.from({ length: 1000 }, (_, number) => number)

it('keeps what was asked for last, and no more than twice as much', () => {
  const recent = new Recent<number, string>(10)
  for (const number of NUMBERS) recent.set(number, `${number}`)
  const kept = NUMBERS.filter((number) => recent.get(number) !== undefined)
  expect(kept.length).toBeLessThanOrEqual(20)
  expect(kept).toEqual(expect.arrayContaining(NUMBERS.slice(-10)))
})

it('keeps what is asked for again and again, even if many others come', () => {
  const recent = new Recent<number, string>(10)
  recent.set(0, 'kept')
  for (const number of NUMBERS.slice(1)) {
    recent.set(number, `${number}`)
    expect(recent.get(0)).toBe('kept')
  }
})
