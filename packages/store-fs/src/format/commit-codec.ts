import { type Commit, createInvalidInput } from '@catalog/types'
import {
  assertCommitLength,
  type CheckedChange,
  checkCommitWithinLimits,
  encodeVerification,
} from '@catalog/types/adapter'
import { DECODED, type EncodedCommit, type WireChange, type WireCommit } from './record.ts'
import { findContentProblem } from './record-form.ts'

/** The commit, checked: INVALID_INPUT before anything is written. */
export function encodeCommit(commit: Commit): EncodedCommit {
  const { operation, actor, reason, changes, verification } = checkCommitWithinLimits(commit)
  const wire: WireCommit = {
    operation,
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    changes: changes.map(toWireChange),
    ...(verification !== undefined && { verification: encodeVerification(verification) }),
  }
  assertReadable(wire)
  const text = JSON.stringify(wire)
  assertCommitLength(text.length)
  return { wire, text }
}

/** Content that no store could read back is not written. */
function assertReadable(wire: WireCommit): void {
  const problem = findContentProblem({ commits: [wire] })
  if (problem !== undefined)
    throw createInvalidInput([{ field: 'commits', problem: `cannot be read: ${problem}` }])
}

function toWireChange({ id, ifRevision, wire, entry }: CheckedChange): WireChange {
  return { id, if: ifRevision, entry: wire, ...(entry !== null && { [DECODED]: entry }) }
}
