import type { CatalogTotals, StateCounts } from '@catalog/types'
import type { MeteredCatalog } from './metered-catalog.ts'

/** What a catalog said of itself, all of it at about one moment. */
export interface CatalogReading {
  readonly counts: StateCounts
  readonly totals: CatalogTotals
}

/** Undefined if the catalog cannot be read, as while it is damaged or closed. Never rejects. */
export async function readCatalog(catalog: MeteredCatalog): Promise<CatalogReading | undefined> {
  try {
    const [counts, totals] = await Promise.all([catalog.counts(), catalog.history.totals()])
    return { counts, totals }
  } catch {
    // Of a catalog that cannot be read there is one thing to tell, and `catalog_up` tells it.
    return undefined
  }
}
