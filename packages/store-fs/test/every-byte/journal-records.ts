import { type JournalRecord, parseLine, type WireCommit } from '../../src/format/record.ts'
import { describeChange } from '../simulation/check-observations.ts'
import { describeEntries } from '../simulation/journal-oracle.ts'

/** A record of an intact journal, and the bytes that must not change for it to be one. */
export interface PlacedRecord {
  readonly record: JournalRecord
  readonly number: number
  readonly start: number
  /** Of its line feed. */
  readonly end: number
}

/** A complete line that is not a record. */
export interface TornLine {
  readonly start: number
  readonly recordsBefore: number
}

/** The lines of a segment up to its seal. */
export function placeLines(
  bytes: Buffer,
  first: number,
): { records: readonly PlacedRecord[]; torn: readonly TornLine[] } {
  const records: PlacedRecord[] = []
  const torn: TornLine[] = []
  for (
    let start = 0, end = bytes.indexOf(0x0a);
    end !== -1;
    start = end + 1, end = bytes.indexOf(0x0a, start)
  ) {
    const record = parseLine(bytes.subarray(start, end)) as JournalRecord | undefined
    const number = first + records.length
    if (record !== undefined) records.push({ record, number, start, end })
    else if (end > start) torn.push({ start, recordsBefore: number - 1 })
    if (record?.seal === true) break
  }
  return { records, torn }
}

/** Whether a record is still one: also the line feed in front of its line counts. */
export function isPresent({ start, end }: PlacedRecord, intact: Buffer, damaged: Buffer): boolean {
  const from = Math.max(0, start - 1)
  return damaged.length > end && damaged.subarray(from, end + 1).equals(intact.subarray(from, end + 1))
}

/** What records make of an empty catalog, by the rules of the format page and by no code of the store. */
export function describeRecords(records: readonly PlacedRecord[]): { state: string; changes: string } {
  const entries = new Map<string, { id: string; name: string; revision: number }>()
  const revisions = new Map<string, number>()
  const changes: string[] = []
  const stands = ({ id, if: expected }: WireCommit['changes'][number]): boolean => {
    const entry = entries.get(id.toLowerCase())
    return expected === (entry?.revision ?? 0) && (entry === undefined || entry.id === id)
  }
  for (const [index, { record }] of records.entries()) {
    for (const commit of record.commits ?? []) {
      if (!commit.changes.every(stands)) continue
      for (const { id, entry } of commit.changes) {
        const key = id.toLowerCase()
        const revision = (revisions.get(key) ?? 0) + 1
        revisions.set(key, revision)
        if (entry === null) entries.delete(key)
        else entries.set(key, { id, name: entry['name'] as string, revision })
        changes.push(describeChange({ position: index + 1, operation: commit.operation, id, revision }))
      }
    }
  }
  const sorted = [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return { state: `${describeEntries(sorted)} at ${records.length}`, changes: changes.join() }
}
