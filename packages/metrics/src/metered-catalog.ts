import type { CatalogTotals, StateCounts } from '@catalog/types'

/** What of a catalog its metrics are made from: a `Catalog` of `model-catalog` is one. */
export interface MeteredCatalog {
  counts(): Promise<StateCounts>
  readonly history: { totals(): Promise<CatalogTotals> }
}
