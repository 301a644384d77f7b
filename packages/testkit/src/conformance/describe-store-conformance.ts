import { describe } from 'vitest'
import { HANG_MS } from './hang.ts'
import { describeRandomHistories } from './random/describe-random-histories.ts'
import { describeRandomQueries } from './random/describe-random-queries.ts'
import { describeClosing } from './store/describe-closing.ts'
import { describeCommits } from './store/describe-commits.ts'
import { describeConflicts } from './store/describe-conflicts.ts'
import { describeHistory } from './store/describe-history.ts'
import { describeNoSpace } from './store/describe-no-space.ts'
import { describePruning } from './store/describe-pruning.ts'
import { describeQueries } from './store/describe-queries.ts'
import { describeReadOnly } from './store/describe-read-only.ts'
import { describeSettings } from './store/describe-settings.ts'
import { describeSharing } from './store/describe-sharing.ts'
import { describeTotals } from './store/describe-totals.ts'
import { describeWatching } from './store/describe-watching.ts'
import type { ConformanceOptions, CreateStoreHarness } from './store/store-harness.ts'

/**
 * Declares the tests that every implementation of `CatalogStore` must pass; call it at the top of a test
 * file. The tests of an adapter need to cover only what it promises beyond the port.
 */
export function describeStoreConformance(
  name: string,
  createHarness: CreateStoreHarness,
  options: ConformanceOptions = {},
): void {
  const { lacks = [] } = options
  describe(`${name} as a CatalogStore`, { timeout: HANG_MS }, () => {
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
    if (!lacks.includes('read-only')) describeReadOnly(createHarness)
    if (!lacks.includes('no-space')) describeNoSpace(createHarness)
    if (!lacks.includes('pruning')) describePruning(createHarness)
    describeRandomHistories(createHarness, options)
  })
}
