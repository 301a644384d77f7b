import { errnoOf } from '@catalog/system-calls'
import type { FileSystem } from '../disk/file-system.ts'
import { removeIfPresent, withTemporaryFile } from '../disk/new-file.ts'
import { statusIfPresent } from '../disk/read-file.ts'
import { type FileNames, findLatestSegment } from '../format/file-names.ts'
import { formatSnapshot, type Snapshot } from '../snapshot/snapshot.ts'

/**
 * Makes a segment: its empty journal first, then, by one `link`, its snapshot, which makes it the present one.
 * Anyone may do it at the same time, and a crash at any point leaves nothing that the next one stumbles over. A process
 * that was stopped so long that another made, used and pruned the segment meanwhile takes back what it made.
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
  const isOurs = await publish(disk, names.temporary('snapshot', writer), names.snapshot(segment), pieces)
  await disk.syncDirectory(names.directory)
  if (isOurs && (await isPruned(disk, names, segment))) await takeBack(disk, names, segment)
}

/**
 * A later segment is there only after this one was: with records, and a seal behind them. Pruning looks once more as
 * well after it has removed the journal, so that one of the two sees what the other has done.
 */
async function isPruned(disk: FileSystem, names: FileNames, segment: number): Promise<boolean> {
  const latest = findLatestSegment(await disk.list(names.directory)) ?? segment
  return latest > segment && (await isWithoutRecords(disk, names, segment))
}

/** Whether the journal of a segment is missing or empty. */
export async function isWithoutRecords(
  disk: FileSystem,
  names: FileNames,
  segment: number,
): Promise<boolean> {
  return ((await statusIfPresent(disk, names.journal(segment)))?.size ?? 0) === 0
}

/** The snapshot first: a segment without it is none. */
async function takeBack(disk: FileSystem, names: FileNames, segment: number): Promise<void> {
  for (const path of [names.snapshot(segment), names.journal(segment)]) {
    await removeIfPresent(disk, path)
    await disk.syncDirectory(names.directory)
  }
}

/**
 * Makes a file appear complete under its name, unless another process was first with the same right.
 *
 * @returns whether it is the given one that is there now
 */
export async function publish(
  disk: FileSystem,
  temporary: string,
  name: string,
  pieces: readonly Uint8Array[],
): Promise<boolean> {
  let isOurs = true
  await withTemporaryFile(disk, temporary, pieces, async () => {
    try {
      await disk.link(temporary, name)
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
      isOurs = false
    }
  })
  return isOurs
}
