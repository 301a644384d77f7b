import { createHash } from 'node:crypto'
import { CatalogError, createInvalidInput } from '@catalog/types'
import type { CatalogReading } from '../query/catalog-reading.ts'
import type { StoredRecord } from './history-page.ts'

/** A place in the history: all up to it is known. */
export interface SeenHistory {
  readonly position: number
  /** The digest of all records up to it, in hexadecimal; undefined if only the position is known. */
  readonly chain?: string | undefined
}

/** Where the history ends. */
export async function readHead(reading: CatalogReading): Promise<SeenHistory> {
  const { schema, same } = reading
  const [row] = await reading.read({
    ...{ operation: 'read the position', name: 'head' },
    text: `SELECT position::text AS position, encode(chain, 'hex') AS chain, ${same} FROM ${schema}.head`,
  })
  return { position: Number(row?.['position']), chain: row?.['chain'] ?? undefined }
}

/** Whether the record follows what was seen. True if the digest is not known, or what is between was pruned. */
export function isContinuedBy({ position, chain }: SeenHistory, next: StoredRecord): boolean {
  if (chain === undefined || next.position !== position + 1) return true
  const digest = createHash('sha256').update(Buffer.from(chain, 'hex'))
  return digest.update(`${next.record}\n${next.outcome}`).digest('hex') === next.chain
}

/**
 * What was seen, with its digest, if the history still has it. A standby may be behind: there, what it does not have yet
 * is taken to come.
 *
 * @throws {CatalogError} CATALOG_REPLACED if the history has lost it: after a failover to a server that did not have all, or
 *   if the database was restored from a copy
 * @throws {CatalogError} INVALID_INPUT if only a position was given, and the history has never come so far
 */
export async function findSeen(reading: CatalogReading, seen: SeenHistory): Promise<SeenHistory> {
  const { schema, same, place } = reading
  const { position, chain } = seen
  const [row = {}] = await reading.read({
    operation: 'read the history',
    text: `SELECT position::text AS head, pg_is_in_recovery()::text AS is_standby, ${same},
      encode(CASE WHEN kept_after = $1 THEN kept_chain
        ELSE (SELECT h.chain FROM ${schema}.history AS h WHERE h.position = $1) END, 'hex') AS chain FROM ${schema}.head`,
    values: [position],
  })
  const head = Number(row['head'])
  // Pruned if it is not there.
  const found = row['chain'] ?? undefined
  if (head < position) {
    if (row['is_standby'] === 'true') return seen
    if (chain !== undefined) throw createLost(place, seen, `it ends at ${head}`)
    const problem = `is after ${head}, where the history ends`
    throw createInvalidInput([{ field: 'since', problem }])
  }
  if (chain !== undefined && found !== undefined && chain !== found)
    throw createLost(place, seen, 'it has other changes there')
  return { position, chain: chain ?? found }
}

/** The error of a history that does not have what was seen of it. */
export function createLost(
  path: string,
  { position }: SeenHistory,
  why: string,
): CatalogError<'CATALOG_REPLACED'> {
  const message = `the history at ${path} has lost changes that were seen, up to position ${position}: ${why}`
  return new CatalogError('CATALOG_REPLACED', message, { path })
}
