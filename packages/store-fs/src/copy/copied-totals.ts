import type { CatalogTotals } from '@catalog/types'
import type { WireTotals } from '@catalog/types/adapter'

/** Totals as a snapshot has them. */
export function toWireTotals(totals: CatalogTotals): WireTotals {
  const { since, operations, verifications, verifiedBytes, verificationSeconds } = totals
  const { buckets, count, sum } = verificationSeconds
  const each = [...buckets, count].map((cumulative, index) => cumulative - (buckets[index - 1] ?? 0))
  const sums = { bytes: verifiedBytes, ms: Math.round(sum * 1000), buckets: each }
  return { since, operations, ...(count > 0 && { verifications: { ...verifications, ...sums } }) }
}
