import { expect, it } from 'vitest'
import {
  fileNamesIn,
  findLatestSegment,
  findSegments,
  isTemporaryName,
  parseSegmentFileName,
} from './file-names.ts'

// docs/on-disk-format.md has these names: another version that looks for others finds an empty catalog.
it('every file has its name below the root', () => {
  const { journal, snapshot, temporary, ...names } = fileNamesIn('/models')
  expect(names).toEqual({
    root: '/models',
    view: '/models/catalog.json',
    directory: '/models/.catalog',
    knownView: '/models/.catalog/view',
    format: '/models/.catalog/format',
    adopted: '/models/.catalog/adopted-catalog.json',
  })
  expect(journal(7)).toBe('/models/.catalog/journal-000007.jsonl')
  expect(snapshot(1_234_567)).toBe('/models/.catalog/snapshot-1234567.jsonl')
  expect(temporary('view', 'w')).toBe('/models/.catalog/view-w.tmp')
})

const OTHER_NAMES = [
  'snapshot-12345.jsonl',
  'snapshot-1234567890123.jsonl',
  'snapshot-00000a.jsonl',
  'snapshot-000001.jsonl.broken-1',
  'old-snapshot-000001.jsonl',
  'snapshot-000001_jsonl',
  'snapshot-w.tmp',
  'format',
]

it('segments are those with a snapshot, in the order of their numbers', () => {
  const names = ['snapshot-1000000.jsonl', 'snapshot-000010.jsonl', 'snapshot-000009.jsonl']
  expect(findSegments([...names, 'journal-000011.jsonl', ...OTHER_NAMES])).toEqual([9, 10, 1_000_000])
  expect(findLatestSegment([...names, 'journal-1000001.jsonl'])).toBe(1_000_000)
  expect(findSegments(['snapshot-999999999999.jsonl'])).toEqual([999_999_999_999])
  expect(findLatestSegment(['journal-000001.jsonl'])).toBeUndefined()
})

it('a journal and a snapshot tell their segment, and no other file does', () => {
  expect(parseSegmentFileName('journal-000012.jsonl')).toBe(12)
  expect(parseSegmentFileName('snapshot-123456789012.jsonl')).toBe(123_456_789_012)
  const others = OTHER_NAMES.map((name) => name.replace('snapshot', 'journal'))
  expect([...OTHER_NAMES, ...others].map(parseSegmentFileName)).toEqual(Array(16).fill(undefined))
})

it('a temporary name ends as one', () => {
  expect(['view-w.tmp', 'view', 'view.tmp-1'].map(isTemporaryName)).toEqual([true, false, false])
})
