import type { HistorySize, PrunedHistory, PruneOptions, RemovedFile } from '@catalog/types'
import { FEWEST_SEGMENTS } from '@catalog/types/schema'
import type { Database } from '../connection/database.ts'
import type { CatalogReading } from '../query/catalog-reading.ts'
import type { FoundCatalog } from '../schema/migrate.ts'
import { countSegments } from './segments.ts'

/** How many records are removed in one transaction. */
const MOST_REMOVED = 1000

export interface PruneParts {
  readonly reading: CatalogReading
  readonly database: Database
  readonly catalog: FoundCatalog
  readonly segmentLength: number
}

/** The space of the history, as the tables and their indexes take it on the disk of the server. */
export async function measureHistory(reading: CatalogReading, segmentLength: number): Promise<HistorySize> {
  const { schema, same } = reading
  const [row = {}] = await reading.read({
    operation: 'measure the history',
    text: `SELECT position::text AS position, kept_after::text AS kept_after, ${same},
      (pg_total_relation_size('${schema}.history') + pg_total_relation_size('${schema}.changed'))::text AS bytes
      FROM ${schema}.head`,
  })
  const segments = countSegments(Number(row['kept_after']), Number(row['position']), segmentLength)
  return { segments, bytes: Number(row['bytes']) }
}

/** Removes the oldest segments of the history, and none of the entries. */
export async function pruneHistory(parts: PruneParts, options: PruneOptions): Promise<PrunedHistory> {
  const { keepSegments = FEWEST_SEGMENTS, before, dryRun = false } = options
  const { reading, database, catalog, segmentLength } = parts
  const { keptAfter, head } = await readBounds(reading)
  const segments = countSegments(keptAfter, head, segmentLength)
  const oldest = await readSegments(parts, keptAfter, Math.max(0, segments - keepSegments))
  const kept = oldest.findIndex(({ lastMs }) => before !== undefined && lastMs >= before.getTime())
  const old = kept < 0 ? oldest : oldest.slice(0, kept)
  const removed = old.map(({ path, sizeBytes }): RemovedFile => ({ path, sizeBytes }))
  const result = { removed, segments: segments - old.length }
  const { schema } = reading
  if (dryRun) return result
  if (old.length > 0) {
    await database.run({
      ...{ operation: 'prune the history', isWrite: true },
      text: `SELECT ${schema}.move_beginning($1, $2, $3, $4)`,
      values: (remainingMs) => [
        ...[catalog.id, catalog.format, keptAfter + old.length * segmentLength, remainingMs],
      ],
    })
  }
  // Also what an interrupted pruning left.
  for (let count = MOST_REMOVED; count === MOST_REMOVED; ) {
    const [row] = await database.run({
      ...{ operation: 'prune the history', isWrite: true },
      text: `SELECT ${schema}.remove_before_beginning($1)::text AS count`,
      values: [MOST_REMOVED],
    })
    count = Number(row?.['count'] ?? 0)
  }
  return result
}

async function readBounds(
  reading: CatalogReading,
): Promise<{ readonly keptAfter: number; readonly head: number }> {
  const { schema, same } = reading
  const [row = {}] = await reading.read({
    operation: 'read the history',
    text: `SELECT position::text AS position, kept_after::text AS kept_after, ${same} FROM ${schema}.head`,
  })
  return { keptAfter: Number(row['kept_after']), head: Number(row['position']) }
}

/** The size of each of the oldest segments, and the time of its newest record by the clock of its writer. */
async function readSegments(
  { reading, segmentLength }: PruneParts,
  keptAfter: number,
  count: number,
): Promise<readonly (RemovedFile & { readonly lastMs: number })[]> {
  if (count === 0) return []
  const { schema, same, place } = reading
  const rows = await reading.read({
    operation: 'read the history',
    text: `SELECT ((position - $1 - 1) / $2)::text AS segment, max(at)::text AS last_ms, ${same},
      sum(octet_length(record) + octet_length(outcome) + octet_length(chain))::text AS bytes
      FROM ${schema}.history WHERE position > $1 AND position <= $1 + $2::bigint * $3 GROUP BY 1 ORDER BY min(position)`,
    values: [keptAfter, segmentLength, count],
  })
  return rows.map((row) => ({
    path: `${place}/history/${keptAfter + Number(row['segment']) * segmentLength + 1}`,
    ...{ sizeBytes: Number(row['bytes']), lastMs: Number(row['last_ms']) },
  }))
}
