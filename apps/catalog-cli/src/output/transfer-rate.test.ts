import { expect, it } from 'vitest'
import { TransferRate } from './transfer-rate.ts'

it('is the rate of the last seconds, not of the whole reading', () => {
  const rate = new TransferRate()
  expect(rate.add(0, 0)).toBe(0)
  expect(rate.add(0, 0)).toBe(0)
  expect(rate.add(1000, 1000)).toBe(1000)
  for (let second = 2; second <= 10; second += 1) rate.add(second * 1000, second * 1000)
  for (let second = 11; second <= 15; second += 1) rate.add(10_000 + (second - 10) * 10, second * 1000)
  expect(rate.add(10_060, 16_000)).toBe(10)
})

it('goes on after a long silence', () => {
  const rate = new TransferRate()
  rate.add(0, 0)
  rate.add(1000, 1000)
  expect(rate.add(2000, 100_000)).toBeGreaterThan(0)
})
