import { expect, it } from 'vitest'
import { settlingMs } from './settling.ts'

const NOW_MS = 1_700_000_000_000

function changedBefore(ageMs: number): bigint {
  return BigInt(NOW_MS - ageMs) * 1_000_000n
}

it.each([
  ['a year ago', 31_536_000_000, 0],
  ['just long enough ago', 20, 0],
  ['a moment ago', 3, 17],
  ['now', 0, 20],
  ['in the future of a clock that is ahead', -60_000, 20],
])('a file changed %s', (_name, ageMs, expected) => {
  expect(settlingMs(changedBefore(ageMs), NOW_MS)).toBe(expected)
})
