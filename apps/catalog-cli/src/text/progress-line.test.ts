import { expect, it } from 'vitest'
import { formatProgressLine, formatProgressNote, toPercent } from './progress-line.ts'

const GIB = 1024 ** 3
const progress = { label: 'llama', doneBytes: 17 * GIB, totalBytes: 40 * GIB, bytesPerSecond: 1.4 * GIB }

it.each([
  [120, 'llama  [############------------------]   42 %  17.0 GiB of 40.0 GiB  1.40 GiB/s         17 s left'],
  [79, 'llama  [####-------]   42 %  17.0 GiB of 40.0 GiB  1.40 GiB/s         17 s left'],
  [60, 'llama  [#####---------]   42 %  1.40 GiB/s         17 s left'],
  [50, 'llama   42 %  1.40 GiB/s         17 s left'],
  [30, 'llama   42 %         17 s left'],
  [20, 'llama   42 %'],
  [9, 'l…   42 %'],
  [7, '42 %'],
  [3, '42 '],
])('fits %d columns', (width, line) => {
  expect(formatProgressLine(progress, width)).toBe(line)
})

it('is never wider than it may be, and keeps the end of a long label', () => {
  const long = { ...progress, label: 'organisation/some-very-long-model-name-Q4_K_M' }
  for (let width = 1; width <= 130; width += 1) {
    expect(formatProgressLine(long, width).length).toBeLessThanOrEqual(width)
  }
  expect(formatProgressLine(long, 79)).toMatch(/Q4_K_M {2}/u)
})

it('says nothing of the rate before there is one', () => {
  const first = { ...progress, doneBytes: 0, bytesPerSecond: 0 }
  expect(formatProgressLine(first, 79).trimEnd()).toBe('llama  [-----------]    0 %       0 B of 40.0 GiB')
  expect(formatProgressNote(first)).toBe('llama: 0 % of 40.0 GiB')
})

it('is one plain sentence in a log', () => {
  expect(formatProgressNote(progress)).toBe('llama: 42 % of 40.0 GiB, 1.40 GiB/s, 17 s left')
})

it('reaches 100 % at the last byte and not before', () => {
  expect(toPercent({ ...progress, doneBytes: 40 * GIB - 1 })).toBe(99)
  expect(toPercent({ ...progress, doneBytes: 40 * GIB })).toBe(100)
  expect(toPercent({ ...progress, doneBytes: 0, totalBytes: 0 })).toBe(100)
})
