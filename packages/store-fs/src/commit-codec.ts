import {
  type Commit,
  type CommitOutcome,
  createInvalidInput,
  decodeEntry,
  encodeEntry,
  foldModelId,
  type InputProblem,
  type ModelEntry,
  parseAttribution,
} from '@catalog/types'
import type { AppliedCommit } from './catalog-state.ts'
import type { WireChange, WireCommit } from './record.ts'

/** The longest commit, in characters of JSON. */
const MAX_COMMIT_LENGTH = 4 << 20

/** The JSON text of a commit, checked: INVALID_INPUT before anything is written. */
export function encodeCommit(commit: Commit): string {
  assertDistinctChanges(commit)
  const { actor, reason } = parseAttribution(commit)
  const wire: WireCommit = {
    operation: commit.operation,
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    changes: commit.changes.map(encodeChange),
  }
  const text = JSON.stringify(wire)
  if (text.length <= MAX_COMMIT_LENGTH) return text
  throw invalidChanges(`must be at most ${MAX_COMMIT_LENGTH} characters of JSON, not ${text.length}`)
}

/** What the port promises, of what the state did. */
export function decodeOutcome(applied: AppliedCommit): CommitOutcome {
  if (!applied.applied) return applied
  return { applied: true, entries: applied.rows.map(({ row }): ModelEntry | null => row?.entry() ?? null) }
}

function assertDistinctChanges({ changes }: Commit): void {
  if (changes.length === 0) throw invalidChanges('must have at least 1 item')
  const keys = new Set(changes.map(({ id }) => foldModelId(id)))
  if (keys.size !== changes.length) throw invalidChanges('must not have two items for one id')
}

function encodeChange({ id, ifRevision, entry }: Commit['changes'][number]): WireChange {
  if (!Number.isSafeInteger(ifRevision) || ifRevision < 0) {
    throw createInvalidInput([{ field: 'ifRevision', problem: 'must be a whole number, 0 or more' }])
  }
  if (entry === null && ifRevision === 0)
    throw invalidChanges('must not remove what is expected to be absent')
  if (entry === null) return { id, if: ifRevision, entry }
  // Without a revision that the caller may have left in: the journal's order gives the next one.
  const { revision: _, ...content } = decodeEntry(encodeEntry(entry), 1)
  if (content.id !== id) throw createInvalidInput([{ field: 'entry.id', problem: `must be ${id}` }])
  return { id, if: ifRevision, entry: encodeEntry(content) }
}

function invalidChanges(problem: InputProblem['problem']): Error {
  return createInvalidInput([{ field: 'changes', problem }])
}
