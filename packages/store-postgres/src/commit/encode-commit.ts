import { type Attribution, type Commit, createInvalidInput, type SettingsChange } from '@catalog/types'
import {
  type CheckedCommit,
  type CheckedSettingsChange,
  type CheckedVerification,
  checkCommit,
  checkSettingsChange,
  encodeSettings,
  encodeVerification,
  foldModelId,
  TotalsTally,
  type WireSettings,
} from '@catalog/types/adapter'
import { toEntryColumns } from './entry-columns.ts'

/** The longest commit, in characters of JSON. The limits are those of the file store, so that a catalog can move. */
const MAX_COMMIT_LENGTH = 4 << 20
/** The most JSON that one call of `commit` writes, in bytes. */
const MAX_CALL_BYTES = 14 << 20
/** The longest settings, as JSON. */
const MAX_SETTINGS_BYTES = 2 << 20
/** How deep an entry may be nested. */
const MAX_ENTRY_DEPTH = 62

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
  const checked = checkDepth(commit)
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
  if (record.length > MAX_COMMIT_LENGTH) {
    const problem = `must be at most ${MAX_COMMIT_LENGTH} characters of JSON, not ${record.length}`
    throw createInvalidInput([{ field: 'changes', problem }])
  }
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
  const bytes = Buffer.byteLength(contentText)
  if (bytes > MAX_SETTINGS_BYTES) {
    const problem = `must be at most ${MAX_SETTINGS_BYTES} bytes of JSON, not ${bytes}`
    throw createInvalidInput([{ field: 'settings', problem }])
  }
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

/** INVALID_INPUT for more commits in one call than a record of a file store takes. */
export function assertFitsCall(commits: readonly EncodedCommit[]): void {
  const bytes = commits.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
  if (bytes <= MAX_CALL_BYTES) return
  const problem = `must be at most ${MAX_CALL_BYTES} bytes of JSON in one call, not ${bytes}`
  throw createInvalidInput([{ field: 'commits', problem }])
}

/** A commit that is nested too deep to be formatted is refused as too deep as well. */
function checkDepth(commit: Commit): CheckedCommit {
  try {
    const checked = checkCommit(commit)
    if (checked.changes.every(({ wire }) => !isDeeperThan(wire, MAX_ENTRY_DEPTH))) return checked
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  const problem = `must not have an entry nested deeper than ${MAX_ENTRY_DEPTH} levels`
  throw createInvalidInput([{ field: 'changes', problem }])
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1))
}

/** The verification as the totals count it. */
function toCounted({ id, outcome, bytes, durationMs: ms }: CheckedVerification, tally: TotalsTally): object {
  const bucket = tally.toWire().verifications?.buckets.indexOf(1)
  return { id, folded: foldModelId(id), outcome, bytes, ms, bucket }
}
