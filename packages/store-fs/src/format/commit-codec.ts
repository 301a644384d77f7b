import { type Commit, createInvalidInput } from '@catalog/types'
import { type CheckedChange, checkCommit } from '@catalog/types/adapter'
import { DECODED, type EncodedCommit, type WireChange, type WireCommit } from './record.ts'

/** The longest commit, in characters of JSON. */
const MAX_COMMIT_LENGTH = 4 << 20

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
