import type { Attribution, CommittedChange, ModelId } from '@catalog/types'
import type { AppliedCommit } from './catalog-state.ts'
import { listOwnFiles } from './create-catalog.ts'
import { type FileNames, findSegments } from './file-names.ts'
import type { FileSystem } from './file-system.ts'
import { readSnapshot } from './open-segment.ts'
import type { WireCommit } from './record.ts'
import { Replay, type ReplayedRecord } from './replay.ts'
import { SegmentTail } from './segment-tail.ts'

/** The changes after a record number, over all segments that are kept, by replaying each from its snapshot. */
export async function readHistory(
  disk: FileSystem,
  names: FileNames,
  since: number,
): Promise<readonly CommittedChange[]> {
  const changes: CommittedChange[] = []
  for (const segment of await findSegmentsSince(disk, names, since)) {
    await replaySegment(disk, names, segment, (replayed) => {
      if (replayed.number > since) changes.push(...toChanges(replayed))
    })
  }
  return changes
}

/** The segments that have records after a number, in order. */
async function findSegmentsSince(
  disk: FileSystem,
  names: FileNames,
  since: number,
): Promise<readonly number[]> {
  const segments = findSegments(await listOwnFiles(disk, names))
  for (let index = segments.length - 1; index > 0; index -= 1) {
    const { start } = await readSnapshot(disk, names, segments[index] ?? 0)
    if (start[0] <= since) return segments.slice(index)
  }
  return segments
}

async function replaySegment(
  disk: FileSystem,
  names: FileNames,
  segment: number,
  onRecord: (replayed: ReplayedRecord) => void,
): Promise<void> {
  const { state, start } = await readSnapshot(disk, names, segment)
  const path = names.journal(segment)
  const file = await disk.open(path, 'read')
  try {
    await new SegmentTail(path, file, new Replay(path, state, start), onRecord).catchUp()
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
