import { describe, expect, it } from 'vitest'
import { isAhead, MAX_SPAN_MS, toForMs } from './time-span.ts'

const NOW = Date.parse('2025-10-01T00:00:00.000Z')
const context = { clock: { now: () => new Date(NOW) } }
const at = (ms: number): string => new Date(NOW + ms).toISOString()
const refused = (field: string) =>
  expect.objectContaining({
    code: 'INVALID_INPUT',
    details: { problems: [expect.objectContaining({ field })] },
  })

describe('toForMs', () => {
  it.each<[string, Date | string]>([
    ['a Date', new Date(NOW + 3_600_000)],
    ['UTC', '2025-10-01T01:00:00.000Z'],
    ['no fractions', '2025-10-01T01:00:00Z'],
    ['an offset to the east', '2025-10-01T03:30:00+02:30'],
    ['an offset to the west', '2025-09-30T22:30:00-02:30'],
  ])('takes an end with %s', (_, until) => {
    expect(toForMs(context, { until })).toBe(3_600_000)
  })

  it.each([
    ...[
      '2025-10-01',
      '2025-10-01T01:00:00',
      'x2025-10-01T01:00:00Z',
      '2025-10-01T01:00:00Z ',
      '1 Oct 2025 01:00:00 UTC',
    ],
    ...['2025-10-01T01:00:00+0230', 'at 2025-10-01T01:00:00Z', '2025-10-01T01:00:00Z (noon)'],
    ...[at(0), at(-1), at(MAX_SPAN_MS + 1)],
  ])('refuses %j', (until) => {
    expect(() => toForMs(context, { until })).toThrow(refused('until'))
  })

  it('takes exactly one of the two, up to 30 days', () => {
    expect(toForMs(context, { forMs: 5 })).toBe(5)
    expect(toForMs(context, { until: at(MAX_SPAN_MS) })).toBe(MAX_SPAN_MS)
    expect(() => toForMs(context, {})).toThrow(refused('forMs'))
    expect(() => toForMs(context, { forMs: 5, until: at(5) })).toThrow(refused('until'))
  })
})

it('a time is ahead once it is further ahead than clocks may be apart', () => {
  const apartMs = 300_000
  expect([apartMs, apartMs + 1].map((ms) => isAhead(context, at(ms)))).toEqual([false, true])
  expect([apartMs, apartMs + 1].map((ms) => isAhead(context, at(ms + 7), 7))).toEqual([false, true])
})
