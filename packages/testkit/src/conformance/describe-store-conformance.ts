import { describe } from 'vitest'
import { describeClosing } from './describe-closing.ts'
import { describeCommits } from './describe-commits.ts'
import { describeConflicts } from './describe-conflicts.ts'
import { describeHistory } from './describe-history.ts'
import { describeQueries } from './describe-queries.ts'
import { describeRandomHistories } from './describe-random-histories.ts'
import { describeRandomQueries } from './describe-random-queries.ts'
import { describeSettings } from './describe-settings.ts'
import { describeSharing } from './describe-sharing.ts'
import { describeTotals } from './describe-totals.ts'
import { describeWatching } from './describe-watching.ts'
import type { ConformanceOptions, CreateStoreHarness } from './store-harness.ts'

/**
 * Declares the tests that every CatalogStore passes; call it at the top of a test file. An adapter tests
 * nothing of this again, only what it promises besides.
 */
export function describeStoreConformance(
  name: string,
  createHarness: CreateStoreHarness,
  options: ConformanceOptions = {},
): void {
  describe(`${name} as a CatalogStore`, () => {
    describeCommits(createHarness)
    describeConflicts(createHarness)
    describeQueries(createHarness)
    describeRandomQueries(createHarness, options)
    describeHistory(createHarness)
    describeSettings(createHarness)
    describeTotals(createHarness)
    describeSharing(createHarness)
    describeWatching(createHarness)
    describeClosing(createHarness)
    describeRandomHistories(createHarness, options)
  })
}
