import { expect, it } from 'vitest'
import { describeDiagnosis } from './describe-diagnosis.ts'

it.each(['html-page', 'json-page', 'xml-page', 'text-page'] as const)(
  'a %s is quoted, unless it says nothing',
  (kind) => {
    expect(describeDiagnosis({ kind, says: 'Not found' })).toMatch(/ in place of the file: Not found$/u)
    expect(describeDiagnosis({ kind, says: '' })).toMatch(/ in place of the file$/u)
  },
)

it('one byte is not told as several', () => {
  const sizes = { expectedBytes: 10, foundBytes: 9 }
  expect(describeDiagnosis({ kind: 'shorter', ...sizes, missingBytes: 1 })).toBe(
    'the file ends 1 byte too early',
  )
  expect(describeDiagnosis({ kind: 'longer', ...sizes, excessBytes: 1 })).toBe('the file has 1 byte too many')
  expect(describeDiagnosis({ kind: 'longer', ...sizes, excessBytes: 2 })).toBe(
    'the file has 2 bytes too many',
  )
})
