import { expect, it } from 'vitest'
import {
  parseByteCount,
  parseDuration,
  parseParameterCount,
  parsePositiveNumber,
  parseRate,
  parseSize,
} from './option-values.ts'

it.each([
  ['500', 500],
  ['500GB', 5e11],
  ['1.5TiB', 1.5 * 1024 ** 4],
  ['2kb', 2000],
])('takes %s for %d bytes', (text, bytes) => {
  expect([parseByteCount(text), parseSize(text)]).toEqual([bytes, bytes])
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

it.each([
  ['7B', 7e9],
  ['7b', 7e9],
  ['1.1B', 1_100_000_000],
  ['0.5B', 500_000_000],
  ['350M', 350e6],
  ['2T', 2e12],
  ['10k', 10_000],
  ['7241732096', 7_241_732_096],
  ['0', 0],
])('%s is read as %i parameters', (text, count) => {
  expect(parseParameterCount(text)).toBe(count)
})

it.each(['', 'B', '7 B', '-7B', '7BB', '7GB', '1e9', '0.5', '1.0001K9', '99999999999T', '٧B'])(
  '%j is refused as a number of parameters',
  (text) => {
    expect(() => parseParameterCount(text)).toThrow('number of parameters')
  },
)

it('a size may be 0, and what is to be read may not', () => {
  expect(parseSize('0')).toBe(0)
  expect(() => parseByteCount('0GB')).toThrow('above 0')
  expect(() => parseDuration('0s')).toThrow('above 0')
})

it.each(['', '1.5', '0.5B', '-1', '5X', '1 GB', '99999999PB'])('%j is refused as a size', (text) => {
  expect(() => parseSize(text)).toThrow('It must be a number of bytes such as 500GB or 1.5TiB.')
})

it.each(['0', '-1', 'x', '1.5'])('%j is refused as a positive number, and as nothing else', (text) => {
  expect(() => parsePositiveNumber(text)).toThrow('It must be a positive integer.')
})
