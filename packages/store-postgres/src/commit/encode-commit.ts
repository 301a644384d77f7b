import type { Attribution, Commit, SettingsChange } from '@catalog/types'
import {
  assertCallBytes,
  assertCommitLength,
  assertSettingsBytes,
  type CheckedCommit,
  type CheckedSettingsChange,
  type CheckedVerification,
  checkCommitWithinLimits,
  checkSettingsChange,
  encodeSettings,
  encodeVerification,
  foldModelId,
  toCountedOperation,
  toDurationBucket,
  type WireSettings,
} from '@catalog/types/adapter'
import { type EntryColumns, toEntryColumns } from './entry-columns.ts'

/** A commit that may be sent. */
export interface EncodedCommit {
  readonly checked: CheckedCommit | CheckedSettingsChange
  /** What the history gets, as JSON: its length is what counts for a call. */
  readonly text: string
  /** The folded ids of the models that it changes, or looks at. */
  readonly touches: readonly string[]
  /** By the writer's clock, in milliseconds since 1970. */
  readonly at: number
  /** The name by which it is counted; undefined for settings. */
  readonly operation?: string
  readonly changes: readonly EncodedChange[]
  readonly verification?: CountedVerification
  readonly settings?: { readonly if: number; readonly content: string }
}

/** A change as the tables have it. */
export interface EncodedChange {
  readonly id: string
  readonly folded: string
  readonly ifRevision: number
  /** The entry as JSON; null to remove. */
  readonly entry: string | null
  readonly columns: EntryColumns | null
}

/** A verification as the totals count it. */
interface CountedVerification {
  readonly id: string
  readonly folded: string
  readonly outcome: string
  readonly bytes: number
  readonly ms: number
  readonly bucket: number
}

/** What the history has of one position: a commit, or several that were copied from a store that writes several at once. */
export type HistoryRecord = WireRecord | { readonly at: string; readonly commits: readonly WireRecord[] }

/** A commit as the history has it. */
export interface WireRecord extends Attribution {
  /** By the writer's clock, ISO-8601 UTC. */
  readonly at: string
  readonly operation: string
  readonly changes?: readonly WireChange[]
  readonly verification?: ReturnType<typeof encodeVerification>
  readonly settings?: { readonly if: number; readonly content: WireSettings }
}

interface WireChange {
  readonly id: string
  readonly if: number
  readonly entry: Readonly<Record<string, unknown>> | null
}

/** The commit, checked: INVALID_INPUT before anything is sent. */
export function encodeCommit(commit: Commit, at: Date): EncodedCommit {
  const checked = checkCommitWithinLimits(commit)
  const { operation, actor, reason, changes, verification } = checked
  const wire: WireRecord = {
    ...{ at: at.toISOString(), operation },
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    ...(changes.length > 0 && {
      changes: changes.map(({ id, ifRevision, wire: entry }) => ({ id, if: ifRevision, entry })),
    }),
    ...(verification !== undefined && { verification: encodeVerification(verification) }),
  }
  const text = JSON.stringify(wire)
  assertCommitLength(text.length)
  const encoded = changes.map(({ id, ifRevision, wire: entry, entry: decoded }) => ({
    ...{ id, folded: foldModelId(id), ifRevision },
    entry: entry === null ? null : JSON.stringify(entry),
    columns: decoded === null ? null : toEntryColumns(decoded),
  }))
  const folded = encoded.map((change) => change.folded)
  return {
    ...{ checked, text, at: at.getTime(), operation: toCountedOperation(operation), changes: encoded },
    touches: verification === undefined ? folded : [...folded, foldModelId(verification.id)],
    ...(verification !== undefined && { verification: toCounted(verification) }),
  }
}

/**
 * A commit that replaces the settings, checked: INVALID_INPUT before anything is sent.
 *
 * @param before what is stored at the revision that the change builds on: of it, unknown fields are kept
 */
export function encodeSettingsCommit(
  change: SettingsChange & Attribution,
  before: WireSettings | undefined,
  at: Date,
): EncodedCommit & { readonly content: WireSettings } {
  const checked = checkSettingsChange(change)
  const { ifRevision, settings, actor, reason } = checked
  const content = encodeSettings(settings, before)
  const contentText = JSON.stringify(content)
  assertSettingsBytes(Buffer.byteLength(contentText))
  const wire: WireRecord = {
    ...{ at: at.toISOString(), operation: 'settings' },
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    settings: { if: ifRevision, content },
  }
  return {
    ...{ checked, content, text: JSON.stringify(wire), at: at.getTime(), touches: [], changes: [] },
    settings: { if: ifRevision, content: contentText },
  }
}

/** INVALID_INPUT for more commits in one call than a file store takes. */
export function assertFitsCall(commits: readonly EncodedCommit[]): void {
  assertCallBytes(commits.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0))
}

function toCounted({ id, outcome, bytes, durationMs: ms }: CheckedVerification): CountedVerification {
  return { id, folded: foldModelId(id), outcome, bytes, ms, bucket: toDurationBucket(ms) }
}
