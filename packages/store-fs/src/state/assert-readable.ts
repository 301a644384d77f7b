/** Room `state`: the catalog as the records make it, in memory. */

import { LIFECYCLE_STATES } from '@catalog/types'
import { createDamagedAt } from '../format/place.ts'
import type { CatalogState } from './catalog-state.ts'
import type { Row } from './row.ts'

/**
 * Reads every entry of the state in a file, which opening a catalog does not do. DAMAGED, with its place, for the first
 * that cannot be read.
 */
export function assertReadable(path: string, state: CatalogState): void {
  const found = new Map<string, number>()
  for (const row of state.rows()) {
    assertFound(state, row)
    found.set(row.state, (found.get(row.state) ?? 0) + 1)
  }
  const counts = state.counts()
  const wrong = LIFECYCLE_STATES.find((name) => counts[name] !== (found.get(name) ?? 0))
  if (wrong === undefined) return
  throw createDamagedAt({ path, offset: 0 }, `it states that ${counts[wrong]} of its entries are ${wrong}`)
}

/** Of two ids that differ in case only, one is never found. */
function assertFound(state: CatalogState, row: Row): void {
  row.entry()
  if (state.get(row.id) === undefined)
    throw row.createDamaged('another entry has the same id in another case')
}
