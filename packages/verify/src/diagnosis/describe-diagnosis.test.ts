import { expect, it } from 'vitest'
import { describeDiagnosis } from './describe-diagnosis.ts'

it.each(['html-page', 'json-page', 'xml-page', 'text-page'] as const)(
  'a %s is quoted, unless it says nothing',
  (kind) => {
    expect(describeDiagnosis({ kind, says: 'Not found' })).toMatch(/ in place of the file: Not found$/u)
    expect(describeDiagnosis({ kind, says: '' })).toMatch(/ in place of the file$/u)
  },
)
