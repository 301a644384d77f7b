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
  TotalsTally,
  type WireSettings,
} from '@catalog/types/adapter'
import { toEntryColumns } from './entry-columns.ts'

/** A commit that may be sent. */
export interface EncodedCommit {
  readonly checked: CheckedCommit | CheckedSettingsChange
  /** All of it for `commit_changes`, as JSON: its length is what counts. */
  readonly text: string
  /** The folded ids of the models that it changes, or looks at. */
  readonly touches: readonly string[]
  /** What is not of a change, as an object of JSON. */
  readonly head: string
  /** What is compared before anything is written, an object for each change. */
  readonly keys: readonly string[]
  /** What is written, an object for each change. */
  readonly changes: readonly string[]
  /** The new settings, as an object of JSON. */
  readonly settings?: string
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
  const record = JSON.stringify(wire)
  assertCommitLength(record.length)
  const tally = new TotalsTally(0)
  tally.add(operation, 1, verification)
  return {
    checked,
    ...toParts({
      touches: [...changes, ...(verification === undefined ? [] : [verification])].map(({ id }) =>
        foldModelId(id),
      ),
      head: JSON.stringify({
        ...{ record, at: at.getTime(), operation: Object.keys(tally.toWire().operations)[0] },
        count: Math.max(changes.length, 1),
        ...(verification !== undefined && { verification: toCounted(verification, tally) }),
      }),
      keys: changes.map(({ id, ifRevision, entry }, n) =>
        JSON.stringify({ n, id, folded: foldModelId(id), if_revision: ifRevision, state: entry?.state }),
      ),
      changes: changes.map(({ id, wire: entry, entry: decoded }, n) =>
        JSON.stringify({
          ...{ n, id, folded: foldModelId(id) },
          ...(entry !== null && { entry: JSON.stringify(entry) }),
          ...(decoded !== null && toEntryColumns(decoded)),
        }),
      ),
    }),
  }
}

function toParts(parts: Omit<EncodedCommit, 'checked' | 'text'>): Omit<EncodedCommit, 'checked'> {
  const { head, keys, changes, settings = '' } = parts
  return { ...parts, text: [head, ...keys, ...changes, settings].join() }
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
  const parts = toParts({
    ...{ touches: [], keys: [], changes: [] },
    head: JSON.stringify({ record: JSON.stringify(wire), at: at.getTime() }),
    settings: JSON.stringify({ if: ifRevision, content: contentText }),
  })
  return { checked, ...parts, content }
}

/** INVALID_INPUT for more commits in one call than a file store takes. */
export function assertFitsCall(commits: readonly EncodedCommit[]): void {
  assertCallBytes(commits.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0))
}

/** The verification as the totals count it. */
function toCounted({ id, outcome, bytes, durationMs: ms }: CheckedVerification, tally: TotalsTally): object {
  const bucket = tally.toWire().verifications?.buckets.indexOf(1)
  return { id, folded: foldModelId(id), outcome, bytes, ms, bucket }
}
