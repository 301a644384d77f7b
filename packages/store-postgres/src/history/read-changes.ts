import type { CommittedChange, ModelId } from '@catalog/types'
import type { CatalogReading } from '../query/catalog-reading.ts'
import { assertKept, readPage, toChanges } from './history-page.ts'

/** How many records are read at once. */
const PAGE_LENGTH = 500

/**
 * The changes after a position, up to the position at the beginning of the call, oldest first; 0 = all that is kept.
 *
 * @throws {CatalogError} INVALID_INPUT if what came next was pruned
 */
export async function readChanges(
  reading: CatalogReading,
  since: number,
  only?: ModelId,
): Promise<readonly CommittedChange[]> {
  const changes: CommittedChange[] = []
  let position = since
  let end: number | undefined
  for (;;) {
    const page = await readPage(reading, { since: position, limit: PAGE_LENGTH, only })
    if (since === 0 && page.keptAfter > position && position > 0) {
      // Pruned while it was read: the answer to a request for all that is kept is what is kept now.
      changes.length = 0
    } else assertKept(position, page.keptAfter)
    end ??= page.head
    const last = end
    const records = page.records.filter((record) => record.position <= last)
    for (const record of records) changes.push(...toChanges(record, reading.place, only))
    position = records.at(-1)?.position ?? last
    if (records.length < PAGE_LENGTH) return changes
  }
}
