import {
  type Change,
  type Commit,
  createInvalidInput,
  decodeEntry,
  encodeEntry,
  foldModelId,
  type ModelId,
  parseModelId,
  type WireEntry,
} from '@catalog/types'

/** A change whose id, revision and entry are well-formed. */
export interface CheckedChange {
  readonly id: ModelId
  readonly foldedId: string
  readonly ifRevision: number
  /** The entry as JSON gives it back, so that nothing of the caller's is shared; null to remove. */
  readonly wire: WireEntry | null
}

/** INVALID_INPUT where a commit has no changes, two for one id, or an entry that is not well-formed. */
export function checkChanges(commit: Commit): readonly CheckedChange[] {
  if (commit.changes.length === 0) throw invalid('changes', 'must have at least 1 item')
  const checked = commit.changes.map(checkChange)
  const distinct = new Set(checked.map(({ foldedId }) => foldedId))
  if (distinct.size < checked.length) throw invalid('changes', 'must not change one id twice')
  return checked
}

function checkChange({ id, ifRevision, entry }: Change): CheckedChange {
  parseModelId(id)
  if (!Number.isSafeInteger(ifRevision) || ifRevision < 0) {
    throw invalid('ifRevision', 'must be a whole number from 0')
  }
  if (entry !== null && entry.id !== id) throw invalid('entry.id', 'must be the id of the change')
  return { id, foldedId: foldModelId(id), ifRevision, wire: entry === null ? null : toWire(entry) }
}

function toWire(entry: NonNullable<Change['entry']>): WireEntry {
  const wire: WireEntry = JSON.parse(JSON.stringify(encodeEntry(entry)))
  decodeEntry(wire, 1)
  return wire
}

function invalid(field: string, problem: string): Error {
  return createInvalidInput([{ field, problem }])
}
