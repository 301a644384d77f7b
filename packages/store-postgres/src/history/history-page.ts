import {
  type Attribution,
  CatalogError,
  type CommittedChange,
  createInvalidInput,
  isCatalogError,
  type ModelId,
  parseModelId,
} from '@catalog/types'
import { decodeEntry, decodeVerification, findCommitExtra } from '@catalog/types/adapter'
import type { HistoryRecord, WireRecord } from '../commit/encode-commit.ts'
import type { Row } from '../connection/database.ts'
import type { CatalogReading } from '../query/catalog-reading.ts'

/** A part of the history that is read at once. */
export interface HistoryPage {
  /** The position of the catalog. */
  readonly head: number
  /** The position before the first record that is kept. */
  readonly keptAfter: number
  readonly records: readonly StoredRecord[]
}

/** A row of the history. */
export interface StoredRecord {
  readonly position: number
  readonly record: string
  readonly outcome: string
  /** In hexadecimal. */
  readonly chain: string
}

/** The columns of a {@link StoredRecord}. */
const RECORD_COLUMNS = "r.position::text AS position, r.record, r.outcome, encode(r.chain, 'hex') AS chain"

/**
 * The next records after a position, of all models or of one, with where the history begins and ends, as they are at one
 * moment.
 */
export async function readPage(
  reading: CatalogReading,
  {
    since,
    limit,
    only,
  }: { readonly since: number; readonly limit: number; readonly only?: ModelId | undefined },
): Promise<HistoryPage> {
  const { schema, same } = reading
  const source =
    only === undefined
      ? `${schema}.history AS h WHERE`
      : `${schema}.changed AS c JOIN ${schema}.history AS h USING (position) WHERE c.id = $3 AND`
  const order = only === undefined ? 'h.position' : 'c.position'
  const rows = await reading.read({
    ...{ operation: 'read the history', name: only === undefined ? 'history' : 'history_of_one' },
    text: `SELECT head.position::text AS head, head.kept_after::text AS kept_after, ${same}, ${RECORD_COLUMNS}
      FROM ${schema}.head AS head LEFT JOIN LATERAL (
        SELECT h.* FROM ${source} ${order} > $1 AND ${order} > head.kept_after ORDER BY ${order} LIMIT $2
      ) AS r ON true ORDER BY r.position`,
    values: [since, limit, ...(only === undefined ? [] : [only])],
  })
  const [first = {}] = rows
  const records = rows.flatMap((row) => (row['position'] === null ? [] : [toStoredRecord(row)]))
  return { head: Number(first['head']), keptAfter: Number(first['kept_after']), records }
}

function toStoredRecord(row: Row): StoredRecord {
  const { position = null, record, outcome, chain } = row
  return { position: Number(position), record: record ?? '', outcome: outcome ?? '', chain: chain ?? '' }
}

/** INVALID_INPUT for a position whose next record was pruned. */
export function assertKept(since: number, keptAfter: number): void {
  if (since === 0 || since >= keptAfter) return
  throw createInvalidInput([{ field: 'since', problem: `is before ${keptAfter}, where the history begins` }])
}

/**
 * The changes of a record, frozen; of one model if it is named. A change of the settings has none.
 *
 * @throws {CatalogError} DAMAGED if the record cannot be read
 */
export function toChanges(stored: StoredRecord, place: string, only?: ModelId): readonly CommittedChange[] {
  try {
    return readChanges(stored).filter(({ id }) => only === undefined || id === only)
  } catch (cause) {
    if (!isCatalogError(cause) && !(cause instanceof SyntaxError)) throw cause
    const problem = `record ${stored.position} of the history cannot be read: ${cause.message}`
    throw new CatalogError('DAMAGED', `${place} is damaged: ${problem}`, { path: place, problem }, { cause })
  }
}

function readChanges(stored: StoredRecord): CommittedChange[] {
  return commitsOf(stored).flatMap(({ wire, outcome }) => readCommit(wire, outcome, stored.position))
}

/** The commits of a record, and what came of each. */
export function commitsOf({
  record,
  outcome,
}: StoredRecord): readonly { readonly wire: WireRecord; readonly outcome: string }[] {
  const stored: HistoryRecord = JSON.parse(record)
  if (!('commits' in stored)) return [{ wire: stored, outcome }]
  const outcomes: readonly string[] = JSON.parse(outcome)
  return stored.commits.map((wire, index) => ({ wire, outcome: outcomes[index] ?? '' }))
}

function readCommit(wire: WireRecord, outcome: string, position: number): CommittedChange[] {
  const { at, operation, changes = [], verification, settings } = wire
  if (settings !== undefined) return []
  const how: Attribution & Pick<CommittedChange, 'position' | 'at' | 'operation'> = {
    ...{ position, at, operation },
    ...(wire.actor !== undefined && { actor: wire.actor }),
    ...(wire.reason !== undefined && { reason: wire.reason }),
  }
  const verified = verification && { verification: decodeVerification(verification) }
  const [revisions = '', ...rest] = outcome.split('\n')
  const numbers = revisions.split(',').map(Number)
  if (changes.length === 0 && verification !== undefined) {
    const entry = decodeEntry(JSON.parse(rest.join('\n')), numbers[0] ?? 0)
    const { id, revision } = entry
    return [
      Object.freeze({ ...how, id, revision, entry, ...verified, isUnchanged: true, ...extraOf(wire, id) }),
    ]
  }
  return changes.map(({ id: text, entry: content }, index) => {
    const [id, revision] = [parseModelId(text), numbers[index] ?? Number.NaN]
    const entry = content === null ? null : decodeEntry(content, revision)
    const isVerified = verification?.id === id
    return Object.freeze({ ...how, id, revision, entry, ...(isVerified && verified), ...extraOf(wire, id) })
  })
}

function extraOf(wire: WireRecord, id: ModelId): Pick<CommittedChange, 'extra'> {
  const extra = findCommitExtra(wire, id)
  return extra === undefined ? {} : { extra }
}
