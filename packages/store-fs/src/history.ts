import type { Attribution, CommittedChange, ModelId } from '@catalog/types'
import type { AppliedCommit } from './catalog-state.ts'
import type { FileNames } from './file-names.ts'
import type { FileSystem } from './file-system.ts'
import { readSnapshot } from './open-segment.ts'
import type { WireCommit } from './record.ts'
import { Replay, type ReplayedRecord } from './replay.ts'
import { SegmentTail } from './segment-tail.ts'

/** The changes of a segment after a record number, by replaying it from its snapshot. */
export async function readHistory(
  disk: FileSystem,
  names: FileNames,
  segment: number,
  since: number,
): Promise<readonly CommittedChange[]> {
  const { state, start } = await readSnapshot(disk, names, segment)
  const path = names.journal(segment)
  const file = await disk.open(path, 'read')
  try {
    const changes: CommittedChange[] = []
    const tail = new SegmentTail(path, file, new Replay(path, state, start), (replayed) => {
      if (replayed.number > since) changes.push(...toChanges(replayed))
    })
    await tail.catchUp()
    return changes
  } finally {
    await file.close()
  }
}

function toChanges({ record, number, outcomes }: ReplayedRecord): CommittedChange[] {
  return outcomes.flatMap((outcome, index) => {
    const commit = record.commits?.[index]
    return commit === undefined ? [] : toCommitChanges(commit, outcome, { position: number, at: record.at })
  })
}

function toCommitChanges(
  { operation, actor, reason }: WireCommit,
  outcome: AppliedCommit,
  place: Pick<CommittedChange, 'position' | 'at'>,
): CommittedChange[] {
  if (!outcome.applied) return []
  const attribution: Attribution = {
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
  }
  return outcome.rows.map(({ id, revision, row }) => ({
    ...place,
    ...attribution,
    operation,
    id: id as ModelId,
    revision,
    entry: row?.entry() ?? null,
  }))
}
