import { type CatalogTotals, VERIFICATION_OUTCOMES } from '@catalog/types'

/** A row of `verifications`, as JSON. */
export interface VerificationRow {
  readonly outcome: string
  readonly bucket: number
  readonly count: number
  readonly bytes: number
  readonly ms: number
}

/**
 * Rows with the sums of these totals. Which outcome took how long is not told by totals, so the rows are any that add up; the sums of
 * bytes and milliseconds are in the first.
 */
export function toVerificationRows(totals: CatalogTotals): readonly VerificationRow[] {
  const { verifications, verifiedBytes, verificationSeconds } = totals
  const { buckets, count, sum } = verificationSeconds
  const left = [...buckets, count].map((cumulative, index) => cumulative - (buckets[index - 1] ?? 0))
  const rows: VerificationRow[] = []
  for (const outcome of VERIFICATION_OUTCOMES) {
    let open = verifications[outcome]
    for (let bucket = 0; bucket < left.length && open > 0; bucket += 1) {
      const taken = Math.min(open, left[bucket] ?? 0)
      if (taken === 0) continue
      left[bucket] = (left[bucket] ?? 0) - taken
      open -= taken
      const isFirst = rows.length === 0
      const sums = { bytes: isFirst ? verifiedBytes : 0, ms: isFirst ? Math.round(sum * 1000) : 0 }
      rows.push({ outcome, bucket, count: taken, ...sums })
    }
  }
  return rows
}
