/** Room `copy`: a catalog that is copied with its history, position by position. */

import { createHash } from 'node:crypto'
import type { CommittedChange, CopiedRecord, ModelEntry, ModelId } from '@catalog/types'
import {
  addCommitExtra,
  checkCommit,
  encodeVerification,
  foldModelId,
  type WireEntry,
} from '@catalog/types/adapter'
import type { HistoryRecord, WireRecord } from '../commit/encode-commit.ts'
import { toEntryColumns } from '../commit/entry-columns.ts'

/** A row of `history`, as JSON; `chain` in hexadecimal. */
interface HistoryRow {
  readonly position: number
  readonly at: number
  readonly record: string
  readonly outcome: string
  readonly chain: string
}

/** A row of `entries`, as JSON. Of a removed entry there is no more than its revision. */
export type EntryRow = Readonly<Record<string, unknown>> & { readonly folded: string }

/** The rows of copied records: the last state of each entry, and which model each position changed. */
export interface CopiedRows {
  readonly history: readonly HistoryRow[]
  readonly entries: readonly EntryRow[]
  readonly changed: readonly { readonly id: string; readonly position: number }[]
}

/** @param chain the digest of the history before the first record, in hexadecimal */
export function toCopiedRows(records: readonly CopiedRecord[], chain: string): CopiedRows {
  const history: HistoryRow[] = []
  const entries = new Map<string, EntryRow>()
  const changed: CopiedRows['changed'][number][] = []
  let last = chain
  for (const copied of records) {
    const { record, outcome } = toRecord(copied)
    last = createHash('sha256').update(Buffer.from(last, 'hex')).update(`${record}\n${outcome}`).digest('hex')
    const { position, at } = copied
    history.push({ position, at: Date.parse(at), record, outcome, chain: last })
    for (const id of new Set(copied.changes.map((change) => change.id))) changed.push({ id, position })
    for (const change of copied.changes) {
      if (change.isUnchanged !== true) entries.set(foldModelId(change.id), toEntryRow(change))
    }
  }
  return { history, entries: [...entries.values()], changed }
}

/** The row of an entry, or of the revision of a removed one. */
export function toEntryRow({
  id,
  revision,
  entry,
}: {
  readonly id: ModelId
  readonly revision: number
  readonly entry: ModelEntry | null
}): EntryRow {
  const row = { folded: foldModelId(id), id, revision }
  if (entry === null) return row
  return { ...row, entry: JSON.stringify(toWire(entry)), ...toEntryColumns(entry) }
}

function toRecord({ at, changes }: CopiedRecord): { readonly record: string; readonly outcome: string } {
  const commits = changes.map((change) => ({ wire: toWireRecord(change), outcome: toOutcome(change) }))
  const [only, ...others] = commits
  if (only === undefined) return { record: JSON.stringify({ at, operation: 'none' }), outcome: '' }
  if (others.length === 0) return { record: JSON.stringify(only.wire), outcome: only.outcome }
  const record: HistoryRecord = { at, commits: commits.map(({ wire }) => wire) }
  return { record: JSON.stringify(record), outcome: JSON.stringify(commits.map(({ outcome }) => outcome)) }
}

function toWireRecord(change: CommittedChange): WireRecord {
  const { at, operation, actor, reason, id, revision, entry, verification, isUnchanged, extra } = change
  const wire = entry === null ? null : toWire(entry)
  const record: WireRecord = {
    ...{ at, operation },
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    ...(isUnchanged !== true && { changes: [{ id, if: revision - 1, entry: wire }] }),
    ...(verification !== undefined && { verification: encodeVerification({ id, ...verification }) }),
  }
  return addCommitExtra(record, extra)
}

function toOutcome({ revision, entry, isUnchanged }: CommittedChange): string {
  return isUnchanged === true && entry !== null
    ? `${revision}\n${JSON.stringify(toWire(entry))}`
    : String(revision)
}

/** The entry as a commit of it would have it. */
function toWire(entry: ModelEntry): WireEntry {
  const { revision: _revision, ...content } = entry
  const change = { id: entry.id, ifRevision: 0, entry: content }
  return checkCommit({ operation: 'copy', changes: [change] }).changes[0]?.wire ?? {}
}
