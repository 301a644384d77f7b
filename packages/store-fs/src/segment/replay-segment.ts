import type { FileSystem } from '../disk/file-system.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { Replay, type ReplayedRecord } from './replay.ts'
import { SegmentTail } from './segment-tail.ts'

/** Reads a segment's journal from its snapshot to what is its end now. The snapshot's state becomes that at the end. */
export async function replaySegment(
  disk: FileSystem,
  path: string,
  { state, start }: Snapshot,
  onRecord: (replayed: ReplayedRecord) => void,
): Promise<SegmentTail> {
  const file = await disk.open(path, 'read')
  try {
    const tail = new SegmentTail({
      path,
      file,
      replay: new Replay(path, state, start),
      onRecord,
      // Stryker disable next-line ArrowFunction: it is read once, and its name is not looked at.
      nowMs: () => 0,
    })
    await tail.catchUp()
    return tail
  } finally {
    await file.close()
  }
}
