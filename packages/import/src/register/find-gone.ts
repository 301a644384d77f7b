/** Room `register`: putting what a scan found into a catalog, and verifying it. */

import type { Catalog, ModelEntry } from 'model-catalog'
import type { Candidate } from '../candidate/candidate.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import type { ImportResult } from './import-report.ts'
import { isBelow } from './import-step.ts'

const PAGE = 500

/** What was scanned. */
export interface Scanned {
  /** The directories that were scanned as a whole. */
  readonly stores: readonly string[]
  /** The layouts that were looked for. */
  readonly only: readonly LayoutName[]
}

/**
 * The entries that an import made of models in the stores of the results, or of the layouts that were looked for
 * below the scanned directories, and to which none of the results belongs. A store says nothing of what other tools
 * have below it.
 */
export async function findGone(
  catalog: Catalog,
  results: readonly ImportResult[],
  { stores: scanned, only }: Scanned,
): Promise<readonly ModelEntry[]> {
  const ids = new Set(results.map(({ id }) => id))
  const stores = new Map(
    results.map(({ candidate: { layout, store } }) => [JSON.stringify([layout, store]), { layout, store }]),
  )
  const gone: ModelEntry[] = []
  let after: string | undefined
  do {
    const page = await catalog.page({ limit: PAGE, after })
    for (const entry of page.entries) {
      if (ids.has(entry.id)) continue
      const isOfScanned = hasLayout(entry, only) && scanned.some((path) => isBelow(path, entry.location))
      if (isOfScanned || [...stores.values()].some((store) => isOfStore(entry, store))) gone.push(entry)
    }
    after = page.next
  } while (after !== undefined)
  return gone
}

/** An import tags what it registers with the name of the layout. */
function isOfStore(
  { tags = [], location }: ModelEntry,
  { layout, store }: Pick<Candidate, 'layout' | 'store'>,
): boolean {
  return tags.includes(layout) && isBelow(store, location)
}

function hasLayout({ tags = [] }: ModelEntry, layouts: readonly LayoutName[]): boolean {
  return layouts.some((name) => tags.includes(name))
}
