import { errnoOf } from '@catalog/system-calls'
import type { FileSystem } from '../disk/file-system.ts'
import { withTemporaryFile } from '../disk/new-file.ts'
import type { FileNames } from '../format/file-names.ts'
import { formatSnapshot, type Snapshot } from '../snapshot/snapshot.ts'

/**
 * Makes a segment: its empty journal first, then, by one `link`, its snapshot, which makes it the present one.
 * Anyone may do it at the same time, and a crash at any point leaves nothing that the next one stumbles over.
 */
export async function createSegment(
  disk: FileSystem,
  names: FileNames,
  writer: string,
  segment: number,
  snapshot: Snapshot,
): Promise<void> {
  const journal = await disk.open(names.journal(segment), 'create')
  try {
    await journal.sync()
  } finally {
    await journal.close()
  }
  // Its name must survive a power cut before that of the snapshot can: a snapshot without its journal is damage.
  await disk.syncDirectory(names.directory)
  const pieces = await formatSnapshot(segment, snapshot)
  await publish(disk, names.temporary('snapshot', writer), names.snapshot(segment), pieces)
  await disk.syncDirectory(names.directory)
}

/** Makes a file appear complete under its name, unless somebody else was first with the same right. */
export async function publish(
  disk: FileSystem,
  temporary: string,
  name: string,
  pieces: readonly Uint8Array[],
): Promise<void> {
  await withTemporaryFile(disk, temporary, pieces, async () => {
    try {
      await disk.link(temporary, name)
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
  })
}
