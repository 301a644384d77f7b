import type { CatalogBeginning } from '@catalog/types'
import { encodeEntry, encodeSettings, TotalsTally } from '@catalog/types/adapter'
import { FIRST_PREFIX } from '../format/checksum.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { CatalogState } from '../state/catalog-state.ts'
import { Row } from '../state/row.ts'
import { toWireTotals } from './copied-totals.ts'

/** What the first segment of a copy starts from. */
export function toCopiedSnapshot({
  position,
  entries,
  removed,
  settings,
  totals,
}: CatalogBeginning): Snapshot {
  const state = new CatalogState()
  for (const entry of entries) state.restore(Row.ofWire(encodeEntry(entry), entry.revision))
  for (const tombstone of removed) state.restoreTombstone(tombstone)
  const { revision, ...content } = settings
  if (revision > 0) state.restoreSettings({ revision, content: encodeSettings(content, content.extra) })
  const counted = new TotalsTally(position, toWireTotals(totals))
  state.restoreTotals(counted.isEmptyAt(position) ? undefined : counted.toWire(), position)
  return { state, start: [position, FIRST_PREFIX] }
}
