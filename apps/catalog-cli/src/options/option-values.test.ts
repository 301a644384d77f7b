import { expect, it } from 'vitest'
import { parseByteCount, parseDuration, parseRate } from './option-values.ts'

it.each([
  ['500', 500],
  ['500GB', 5e11],
  ['1.5TiB', 1.5 * 1024 ** 4],
  ['2kb', 2000],
])('takes %s for %d bytes', (text, bytes) => {
  expect(parseByteCount(text)).toBe(bytes)
  expect(parseRate(`${text}/s`)).toBe(bytes)
})

it.each([
  ['30d', 30 * 86_400_000],
  ['1.5h', 5_400_000],
  ['90m', 5_400_000],
  ['45s', 45_000],
])('takes %s for %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})
