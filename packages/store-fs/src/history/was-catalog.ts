import type { FileSystem } from '../disk/file-system.ts'
import { type FileNames, findSegments } from '../format/file-names.ts'
import { listOwnFiles } from '../segment/create-catalog.ts'
import { readSnapshot } from '../segment/open-segment.ts'
import { replaySegment } from '../segment/replay-segment.ts'
import { readSnapshotHeader } from '../snapshot/snapshot-file.ts'
import type { CatalogState } from '../state/catalog-state.ts'
import { EDIT_OPERATION, planEdit } from '../view/view-edit.ts'

/**
 * Whether the catalog has been just this: after the record, or after an edit by hand behind it. Then what stands in
 * `catalog.json` was taken already, or nothing but its form was changed. False where that part of the history is pruned.
 */
export async function wasCatalog(
  disk: FileSystem,
  names: FileNames,
  edited: CatalogState,
  revision: number,
): Promise<boolean> {
  const segments = findSegments(await listOwnFiles(disk, names))
  for (const segment of segments.slice(await findFirst(disk, names, segments, revision))) {
    const snapshot = await readSnapshot(disk, names, segment)
    const isSame = (): boolean => planEdit(snapshot.state, edited) === undefined
    let isFound = snapshot.start[0] === revision && isSame()
    await replaySegment(disk, names.journal(segment), snapshot, ({ record, number }) => {
      if (isFound || number < revision) return
      const isEdit = record.commits?.some(({ operation }) => operation === EDIT_OPERATION) === true
      if (number === revision || isEdit) isFound = isSame()
    })
    if (isFound) return true
  }
  return false
}

/** The place of the segment that the record is in; behind the last one where it is pruned. */
async function findFirst(
  disk: FileSystem,
  names: FileNames,
  segments: readonly number[],
  revision: number,
): Promise<number> {
  for (const [index, segment] of [...segments.entries()].reverse()) {
    const found = await readSnapshotHeader(disk, names.snapshot(segment))
    if (found !== undefined && found.header.start[0] <= revision) return index
  }
  return segments.length
}
