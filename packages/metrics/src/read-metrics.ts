import { readCatalog } from './catalog-reading.ts'
import { FAMILIES, toFamily } from './families.ts'
import type { MeteredCatalog } from './metered-catalog.ts'
import type { MetricFamily } from './metric-family.ts'

/**
 * All metrics of a catalog as plain values, for any library that shows them. Never rejects: of a catalog that cannot be
 * read `catalog_up` is 0, and most others have no samples.
 */
export async function readMetrics(catalog: MeteredCatalog): Promise<readonly MetricFamily[]> {
  const reading = await readCatalog(catalog)
  return FAMILIES.map((family) => toFamily(family, reading))
}
