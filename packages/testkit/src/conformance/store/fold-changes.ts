import {
  type CatalogTotals,
  type CommittedChange,
  VERIFICATION_OUTCOMES,
  VERIFICATION_SECONDS_BUCKETS,
} from '@catalog/types'

/**
 * The totals of a list of changes: a simple reference implementation, which counts every number from the
 * whole list.
 */
export function foldChanges(changes: readonly CommittedChange[], position: number, since = 0): CatalogTotals {
  const verifications = changes.flatMap(({ verification }) => verification ?? [])
  const seconds = verifications.map(({ durationMs }) => durationMs / 1000)
  const count = (values: readonly string[], value: string) => values.filter((each) => each === value).length
  const operations = changes.map(({ operation }) => operation)
  const outcomes = verifications.map(({ outcome }) => outcome)
  return {
    ...{ since, position },
    operations: Object.fromEntries(operations.map((each) => [each, count(operations, each)])),
    verifications: Object.fromEntries(
      VERIFICATION_OUTCOMES.map((each) => [each, count(outcomes, each)]),
    ) as CatalogTotals['verifications'],
    verifiedBytes: verifications.reduce((sum, { bytes }) => sum + bytes, 0),
    verificationSeconds: {
      count: verifications.length,
      sum: verifications.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000,
      buckets: VERIFICATION_SECONDS_BUCKETS.map((bound) => seconds.filter((each) => each <= bound).length),
    },
  }
}
