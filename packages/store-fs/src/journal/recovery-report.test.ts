import { expect, it } from 'vitest'
import { isNoteworthy, type RecoveryReport } from './recovery-report.ts'

const NOTHING: RecoveryReport = {
  ...{ tornLines: 0, dropped: undefined, removedFiles: [], damage: undefined },
  ...{ newerView: undefined, linkedFiles: [] },
}
const path = '/journal'

it('a catalog that was closed in order has nothing to tell', () => {
  expect(isNoteworthy(NOTHING)).toBe(false)
})

it.each<Partial<RecoveryReport>>([
  { tornLines: 1 },
  { dropped: { path, offset: 0, records: 1 } },
  { removedFiles: ['/view-w.tmp'] },
  { damage: { path, problem: 'it shrank' } },
  { newerView: { path, keptFile: undefined, revision: 2, head: 1 } },
  { linkedFiles: [path] },
])('what opening found is told: %j', (found) => {
  expect(isNoteworthy({ ...NOTHING, ...found })).toBe(true)
})
