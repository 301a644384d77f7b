import { expect, it } from 'vitest'
import { formatBytes, formatExactBytes } from './bytes.ts'

it.each([
  [0, '0 B'],
  [1, '1 B'],
  [999, '999 B'],
  [1000, '0.98 KiB'],
  [1024, '1.00 KiB'],
  [10_234, '9.99 KiB'],
  [10_236, '10.0 KiB'],
  [102_348, '99.9 KiB'],
  [102_349, '100 KiB'],
  [1024 ** 2 - 1, '1.00 MiB'],
  [1_766_807, '1.68 MiB'],
  [4_920_734_176, '4.58 GiB'],
  [40 * 1024 ** 3, '40.0 GiB'],
  [400e9, '373 GiB'],
  [Number.MAX_SAFE_INTEGER, '8.00 PiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

it('tells the exact number only where the unit hides it', () => {
  expect(formatExactBytes(12)).toBe('12 B')
  expect(formatExactBytes(1_766_807)).toBe('1.68 MiB (1766807 bytes)')
})
