/** Room `adapter`: what only stores and core need: the codec of an entry, a checked commit. */

import type { EntryContent, ModelEntry } from '../entry/model-entry.ts'
import { foldModelId, type ModelId, parseModelId } from '../entry/model-id.ts'
import { createInvalidInput } from '../error/catalog-error.ts'
import type { Attribution } from '../input/registration.ts'
import type { Change, Commit } from '../ports/commit.ts'
import { parseAttribution } from '../schema/registration-schema.ts'
import { decodeEntry, encodeContent, type WireEntry } from './entry-codec.ts'
import { type CheckedVerification, checkVerification } from './verification-codec.ts'

/** A change whose id, revision and entry are well-formed. */
export interface CheckedChange {
  readonly id: ModelId
  readonly ifRevision: number
  /**
   * The entry as it is written, without a revision; null to remove. Shares nothing with the caller's object.
   */
  readonly wire: WireEntry | null
  /**
   * The same as it will be read, at the revision after `ifRevision`; after a removal the revision may be a
   * later one.
   */
  readonly entry: ModelEntry | null
}

/** A commit that a store may write. */
export interface CheckedCommit extends Attribution {
  readonly operation: string
  readonly changes: readonly CheckedChange[]
  readonly verification?: CheckedVerification
}

/**
 * The check that every store makes of a commit before it writes anything.
 *
 * @throws {CatalogError} INVALID_INPUT if the commit has neither changes nor a verification, two changes of
 *   one id, a verification of none of them, the removal of an entry that must not exist, or an entry that is
 *   not well-formed
 */
export function checkCommit(commit: Commit): CheckedCommit {
  const { operation, changes } = commit
  const verification = commit.verification && checkVerification(commit.verification)
  if (changes.length === 0 && verification === undefined)
    throw invalid('changes', 'must have at least 1 item')
  const checked = changes.map(checkChange)
  if (countIds(checked) < checked.length) throw invalid('changes', 'must not change one id twice')
  assertOfChange(verification, checked)
  return {
    operation,
    ...parseAttribution(commit),
    changes: checked,
    ...(verification !== undefined && { verification }),
  }
}

function assertOfChange(
  verification: CheckedVerification | undefined,
  changes: readonly CheckedChange[],
): void {
  if (verification === undefined || changes.length === 0) return
  if (!changes.some(({ id }) => id === verification.id))
    throw invalid('verification', 'must be of an id that is changed')
}

function countIds(changes: readonly CheckedChange[]): number {
  return changes.length === 1 ? 1 : new Set(changes.map(({ id }) => foldModelId(id))).size
}

function checkChange({ id, ifRevision, entry }: Change): CheckedChange {
  if (!Number.isSafeInteger(ifRevision) || ifRevision < 0) {
    throw invalid('ifRevision', 'must be a non-negative integer')
  }
  if (entry === null && ifRevision === 0) {
    throw invalid('changes', 'must not remove an entry that is expected not to exist')
  }
  if (entry === null) return { id: parseModelId(id), ifRevision, wire: null, entry: null }
  if (entry.id !== id) throw invalid('entry.id', 'must be the id of the change')
  const wire = toOwnWire(entry)
  return { id, ifRevision, wire, entry: decodeEntry(wire, ifRevision + 1) }
}

/** Unknown fields may be anything, also the caller's to change: by way of JSON they are what a reader will get. */
function toOwnWire(entry: EntryContent): WireEntry {
  const wire = encodeContent(entry)
  return hasExtra(entry) ? JSON.parse(JSON.stringify(wire)) : wire
}

function hasExtra({ extra, ...known }: EntryContent): boolean {
  const { files, evidence, failure, download, failedDownload, quarantine, leases } = known
  const parts = [files, evidence, failure, download, failedDownload, quarantine, leases]
  return extra !== undefined || parts.some(holdsExtra)
}

function holdsExtra(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.hasOwn(value, 'extra') || Object.values(value).some(holdsExtra)
}

function invalid(field: string, problem: string): Error {
  return createInvalidInput([{ field, problem }])
}
