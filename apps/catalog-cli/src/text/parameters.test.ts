import { expect, it } from 'vitest'
import { formatParameters } from './parameters.ts'

it.each([
  [0, '0'],
  [1, '1'],
  [999, '999'],
  [1000, '1K'],
  [999_499, '999K'],
  [999_999, '1M'],
  [124_439_808, '124M'],
  [1_235_814_432, '1.2B'],
  [7_000_000_000, '7B'],
  [7_241_732_096, '7.2B'],
  [70_553_706_496, '70.6B'],
  [405_853_388_800, '406B'],
  [1_026_000_000_000, '1T'],
  [Number.MAX_SAFE_INTEGER, '9007T'],
])('%i parameters are shown as %s', (count, text) => {
  expect(formatParameters(count)).toBe(text)
})
