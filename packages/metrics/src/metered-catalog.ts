import type { CatalogTotals, HistorySize, LifecycleState, StateCounts } from '@catalog/types'

/** What of a catalog its metrics are made from: a `Catalog` of `model-catalog` is one. */
export interface MeteredCatalog {
  counts(): Promise<StateCounts>
  readonly history: { totals(): Promise<CatalogTotals>; size(): Promise<HistorySize> }
  readonly upkeep: { stats(): Promise<MeteredStats> }
}

/** What of `catalog.upkeep.stats()` the metrics show. */
export interface MeteredStats {
  readonly byState: Readonly<Record<LifecycleState, { readonly bytes: number }>>
  readonly oldestEvidenceAt: string | null
  readonly partialBytes: number
  readonly quarantinedBytes: number
  readonly freeBytes: number
  readonly leases: number
  readonly downloads: number
}
