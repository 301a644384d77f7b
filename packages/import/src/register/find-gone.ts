/** Room `register`: putting what a scan found into a catalog, and verifying it. */

import type { Catalog, ModelEntry } from 'model-catalog'
import { LAYOUT_NAMES } from '../candidate/layout-name.ts'
import type { ImportResult } from './import-report.ts'
import { isBelow } from './import-step.ts'

const PAGE = 500

/**
 * The entries that an import made of models in these stores, or in those of the results, and to which none of the results
 * belongs.
 */
export async function findGone(
  catalog: Catalog,
  results: readonly ImportResult[],
  scanned: readonly string[],
): Promise<readonly ModelEntry[]> {
  const ids = new Set(results.map(({ id }) => id))
  const stores = new Set([...scanned, ...results.map(({ candidate }) => candidate.store)])
  const gone: ModelEntry[] = []
  let after: string | undefined
  do {
    const page = await catalog.page({ limit: PAGE, after })
    for (const entry of page.entries) {
      const isOfStore = [...stores].some((store) => isBelow(store, entry.location))
      if (isOfStore && !ids.has(entry.id) && isImported(entry)) gone.push(entry)
    }
    after = page.next
  } while (after !== undefined)
  return gone
}

/** An import tags what it registers with the name of the layout. */
function isImported({ tags = [] }: ModelEntry): boolean {
  return LAYOUT_NAMES.some((name) => tags.includes(name))
}
