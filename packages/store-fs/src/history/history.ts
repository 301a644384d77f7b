/** Room `history`: past changes: read, checked, pruned. */

import {
  type Attribution,
  type CommittedChange,
  createInvalidInput,
  isCatalogError,
  type ModelId,
} from '@catalog/types'
import { decodeVerification, findCommitExtra } from '@catalog/types/adapter'
import type { FileSystem } from '../disk/file-system.ts'
import { createDamaged } from '../disk/store-error.ts'
import { type FileNames, findSegments } from '../format/file-names.ts'
import type { ChainPoint, WireCommit } from '../format/record.ts'
import { listOwnFiles } from '../segment/create-catalog.ts'
import { readSnapshot } from '../segment/open-segment.ts'
import type { ReplayedRecord } from '../segment/replay.ts'
import { replaySegment } from '../segment/replay-segment.ts'
import { readSnapshotHeader } from '../snapshot/snapshot-file.ts'
import type { AppliedRow } from '../state/catalog-state.ts'

/**
 * The changes after a record number, oldest first; 0 = all that is kept; of one model if `only` names it. INVALID_INPUT for
 * any other number whose next record was pruned.
 */
export async function readHistory(
  disk: FileSystem,
  names: FileNames,
  since: number,
  only?: ModelId,
): Promise<readonly CommittedChange[]> {
  for (;;) {
    try {
      const changes: CommittedChange[] = []
      for await (const record of readRecords(disk, names, since)) changes.push(...toChanges(record, only))
      return changes
    } catch (error) {
      // Pruned while it was read: the answer to a request for all that is kept is what is kept now.
      if (since > 0 || !isCatalogError(error, 'INVALID_INPUT')) throw error
    }
  }
}

/**
 * Whether any commit changed anything after a record, settings as well: one that only records a verification does not.
 * INVALID_INPUT as in {@link readHistory}.
 */
export async function hasChangedSince(disk: FileSystem, names: FileNames, since: number): Promise<boolean> {
  for await (const { record, outcomes } of readRecords(disk, names, since)) {
    // Stryker disable next-line OptionalChaining: only the types need this: there is an outcome for each commit.
    const isChange = (index: number): boolean => !onlyVerifies(record.commits?.[index])
    if (outcomes.some(({ applied }, index) => applied && isChange(index))) return true
  }
  return false
}

/**
 * The records after a number, over all segments that are kept, by replaying each from its snapshot: one segment is
 * in memory at a time. INVALID_INPUT as in {@link readHistory}, also where they were pruned meanwhile.
 */
export async function* readRecords(
  disk: FileSystem,
  names: FileNames,
  since: number,
): AsyncGenerator<ReplayedRecord, void, undefined> {
  let position = since
  for (;;) {
    const kept = await listKeptSegments(disk, names)
    try {
      for (const segment of await selectSegmentsSince(disk, names, kept, position)) {
        const isFollowed = segment !== kept.at(-1)
        for (const record of await readSegment(disk, names, segment, position, isFollowed)) {
          position = record.number
          yield record
        }
      }
      return
    } catch (error) {
      // A file that is missing because it was pruned is none that was lost.
      if ((await listKeptSegments(disk, names))[0] === kept[0]) throw error
    }
  }
}

/** What each commit of a record that took effect changed; of one model if `only` names it. */
export function toChanges(
  { record, number, outcomes }: ReplayedRecord,
  only?: ModelId,
): readonly CommittedChange[] {
  return outcomes.flatMap((outcome, index) => {
    // Stryker disable next-line OptionalChaining: only the types need this: there is an outcome for each commit.
    const commit = record.commits?.[index]
    // Stryker disable next-line ConditionalExpression: as above, so that only the outcome decides.
    if (commit === undefined || !outcome.applied) return []
    const rows = only === undefined ? outcome.rows : outcome.rows.filter(({ id }) => id === only)
    return toCommitChanges(commit, rows, { position: number, at: record.at })
  })
}

/** The present segment and those before it without a gap, oldest first. */
async function listKeptSegments(disk: FileSystem, names: FileNames): Promise<readonly number[]> {
  const segments = findSegments(await listOwnFiles(disk, names))
  const last = segments.length - 1
  const gap = segments.findLastIndex((segment, index) => index < last && segments[index + 1] !== segment + 1)
  return segments.slice(gap + 1)
}

/** The segments that have records after a number. */
async function selectSegmentsSince(
  disk: FileSystem,
  names: FileNames,
  segments: readonly number[],
  since: number,
): Promise<readonly number[]> {
  if (since === 0) return segments
  let first = since
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    const { start } = await readSnapshot(disk, names, segments[index] ?? 0)
    if (start[0] <= since) return segments.slice(index)
    first = start[0]
  }
  const problem = `is ${since}, and the history is kept from ${first} on`
  throw createInvalidInput([{ field: 'since', problem }])
}

async function readSegment(
  disk: FileSystem,
  names: FileNames,
  segment: number,
  since: number,
  isFollowed: boolean,
): Promise<readonly ReplayedRecord[]> {
  const records: ReplayedRecord[] = []
  const snapshot = await readSnapshot(disk, names, segment)
  const { replay } = await replaySegment(disk, names.journal(segment), snapshot, (replayed) => {
    if (replayed.number > since) records.push(replayed)
  })
  if (isFollowed) await assertLeadsOn(disk, names, segment, replay.head)
  return records
}

/** Without its end, or its seal, a segment replays without complaint, to less than took effect or to more. */
async function assertLeadsOn(
  disk: FileSystem,
  names: FileNames,
  segment: number,
  head: ChainPoint,
): Promise<void> {
  const nextPath = names.snapshot(segment + 1)
  const next = await readSnapshotHeader(disk, nextPath)
  if (next === undefined) throw createDamaged(nextPath, 'it is missing')
  const { start } = next.header
  if (start[0] === head[0] && start[1] === head[1]) return
  const problem = `it ends in record ${head[0]}, and ${nextPath} starts from another record ${start[0]}`
  throw createDamaged(names.journal(segment), problem, { recordsBefore: Math.min(head[0], start[0]) })
}

/** What a commit that took effect changed. */
export function toCommitChanges(
  commit: WireCommit,
  rows: readonly AppliedRow[],
  place: Pick<CommittedChange, 'position' | 'at'>,
): CommittedChange[] {
  const { operation, actor, reason, verification } = commit
  const attribution: Attribution = {
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
  }
  return rows.map(({ id, revision, row }) => {
    const extra = findCommitExtra(commit, id)
    return {
      ...place,
      ...attribution,
      operation,
      id: id as ModelId,
      revision,
      entry: row?.entry() ?? null,
      ...(verification?.id === id && { verification: decodeVerification(verification) }),
      ...(onlyVerifies(commit) && { isUnchanged: true as const }),
      ...(extra !== undefined && { extra }),
    }
  })
}

/** Whether a commit changes nothing and records a verification. */
function onlyVerifies(commit: WireCommit | undefined): boolean {
  // Stryker disable next-line OptionalChaining: only the types need this: there is an outcome for each commit.
  return commit?.verification !== undefined && commit.changes.length === 0
}
