import type { CatalogTotals } from '@catalog/types'

/** What was counted before a part of the history: all without that part. */
export function subtractTotals(all: CatalogTotals, part: CatalogTotals): CatalogTotals {
  const { verificationSeconds: seconds } = all
  const { verificationSeconds: less } = part
  const operations = Object.entries(all.operations).flatMap(([name, count]) => {
    const left = count - (part.operations[name] ?? 0)
    return left > 0 ? [[name, left] as const] : []
  })
  const outcomes = Object.entries(all.verifications).map(([outcome, count]) => [
    outcome,
    Math.max(0, count - part.verifications[outcome as keyof CatalogTotals['verifications']]),
  ])
  return {
    ...all,
    operations: Object.fromEntries(operations),
    verifications: Object.fromEntries(outcomes),
    verifiedBytes: Math.max(0, all.verifiedBytes - part.verifiedBytes),
    verificationSeconds: {
      count: Math.max(0, seconds.count - less.count),
      sum: Math.max(0, seconds.sum - less.sum),
      buckets: seconds.buckets.map((count, index) => Math.max(0, count - (less.buckets[index] ?? 0))),
    },
  }
}
