import { type CatalogTotals, VERIFICATION_OUTCOMES, VERIFICATION_SECONDS_BUCKETS } from '@catalog/types'
import { TotalsTally, type WireTotals } from '@catalog/types/adapter'
import type { CatalogReading } from './catalog-reading.ts'

/** A row of `verifications`: outcome, bucket, count, bytes, milliseconds. */
type CountedVerifications = readonly [
  outcome: string,
  bucket: number,
  count: number,
  bytes: number,
  ms: number,
]

export async function readTotals(reading: CatalogReading): Promise<CatalogTotals> {
  const { schema, same } = reading
  const [row = {}] = await reading.read({
    operation: 'read the totals',
    text: `SELECT position::text AS position,
      operations::text AS operations,
      (SELECT coalesce(json_agg(json_build_array(outcome, bucket, count, bytes, ms)), '[]')::text
        FROM ${schema}.verifications) AS verifications,
      ${same} FROM ${schema}.head`,
  })
  const verifications = toWireVerifications(JSON.parse(row['verifications'] ?? '[]'))
  const operations: Readonly<Record<string, number>> = JSON.parse(row['operations'] ?? '{}')
  return new TotalsTally(0, { since: 0, operations, verifications }).read(Number(row['position']))
}

function toWireVerifications(
  counted: readonly CountedVerifications[],
): NonNullable<WireTotals['verifications']> {
  const buckets = Array.from({ length: VERIFICATION_SECONDS_BUCKETS.length + 1 }, () => 0)
  const outcomes = { success: 0, failure: 0, unreadable: 0, superseded: 0 }
  const sums = { bytes: 0, ms: 0 }
  for (const [name, bucket, count, bytes, ms] of counted) {
    const outcome = VERIFICATION_OUTCOMES.find((each) => each === name)
    if (outcome !== undefined) outcomes[outcome] += count
    buckets[bucket] = (buckets[bucket] ?? 0) + count
    sums.bytes += bytes
    sums.ms += ms
  }
  return { ...outcomes, ...sums, buckets }
}
