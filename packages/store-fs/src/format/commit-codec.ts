import { type Commit, createInvalidInput } from '@catalog/types'
import {
  type CheckedChange,
  type CheckedCommit,
  checkCommit,
  encodeVerification,
} from '@catalog/types/adapter'
import { isDeeperThan } from './json.ts'
import { DECODED, type EncodedCommit, type WireChange, type WireCommit } from './record.ts'
import { findContentProblem } from './record-form.ts'

/** The longest commit, in characters of JSON. */
const MAX_COMMIT_LENGTH = 4 << 20
/** How deep an entry may be nested: `catalog.json`, in which it is nested twice, is adopted to 64 levels. */
const MAX_ENTRY_DEPTH = 62
/** What is around an entry in a commit: the commit, its changes, the change. */
const DEPTH_AROUND = 3

/** The commit, checked: INVALID_INPUT before anything is written. */
export function encodeCommit(commit: Commit): EncodedCommit {
  try {
    return encode(checkCommit(commit))
  } catch (error) {
    // Nested so deep that it cannot even be formatted.
    throw error instanceof RangeError ? createTooDeep() : error
  }
}

function encode({ operation, actor, reason, changes, verification }: CheckedCommit): EncodedCommit {
  const wire: WireCommit = {
    operation,
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    changes: changes.map(toWireChange),
    ...(verification !== undefined && { verification: encodeVerification(verification) }),
  }
  assertReadable(wire)
  const text = JSON.stringify(wire)
  if (text.length > MAX_COMMIT_LENGTH) throw createTooLong(text.length)
  if (isDeeperThan(Buffer.from(text), MAX_ENTRY_DEPTH + DEPTH_AROUND)) throw createTooDeep()
  return { wire, text }
}

/** Content that no store could read back is not written. */
function assertReadable(wire: WireCommit): void {
  const problem = findContentProblem({ commits: [wire] })
  if (problem !== undefined)
    throw createInvalidInput([{ field: 'commits', problem: `cannot be read: ${problem}` }])
}

function createTooLong(length: number): Error {
  const problem = `must be at most ${MAX_COMMIT_LENGTH} characters of JSON, not ${length}`
  return createInvalidInput([{ field: 'changes', problem }])
}

function createTooDeep(): Error {
  const problem = `must not have an entry nested deeper than ${MAX_ENTRY_DEPTH} levels`
  return createInvalidInput([{ field: 'changes', problem }])
}

function toWireChange({ id, ifRevision, wire, entry }: CheckedChange): WireChange {
  return { id, if: ifRevision, entry: wire, ...(entry !== null && { [DECODED]: entry }) }
}
