import {
  type CheckedChange,
  type Commit,
  type CommitOutcome,
  checkCommit,
  createInvalidInput,
  type ModelEntry,
} from '@catalog/types'
import type { AppliedCommit } from './catalog-state.ts'
import { DECODED, type WireChange, type WireCommit } from './record.ts'

/** The longest commit, in characters of JSON. */
const MAX_COMMIT_LENGTH = 4 << 20

/** A checked commit, as it is written and as it is applied. */
export interface EncodedCommit {
  readonly wire: WireCommit
  /** The JSON of `wire`. */
  readonly text: string
}

/** The commit, checked: INVALID_INPUT before anything is written. */
export function encodeCommit(commit: Commit): EncodedCommit {
  const { operation, actor, reason, changes } = checkCommit(commit)
  const wire: WireCommit = {
    operation,
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    changes: changes.map(toWireChange),
  }
  const text = JSON.stringify(wire)
  if (text.length <= MAX_COMMIT_LENGTH) return { wire, text }
  const problem = `must be at most ${MAX_COMMIT_LENGTH} characters of JSON, not ${text.length}`
  throw createInvalidInput([{ field: 'changes', problem }])
}

function toWireChange({ id, ifRevision, wire, entry }: CheckedChange): WireChange {
  return { id, if: ifRevision, entry: wire, ...(entry !== null && { [DECODED]: entry }) }
}

/** What the port promises, of what the state did. */
export function decodeOutcome(applied: AppliedCommit): CommitOutcome {
  if (!applied.applied) return applied
  return { applied: true, entries: applied.rows.map(({ row }): ModelEntry | null => row?.entry() ?? null) }
}
