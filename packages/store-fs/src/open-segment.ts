import { findOrCreateCatalog, listOwnFiles } from './create-catalog.ts'
import { type FileNames, findLatestSegment } from './file-names.ts'
import type { FileSystem, OpenFile } from './file-system.ts'
import { readFileIfPresent } from './read-file.ts'
import { parseSnapshot, type Snapshot } from './snapshot.ts'
import { createDamaged, errnoOf } from './store-error.ts'

/** A segment's journal, open, and the state that it builds on. */
export interface OpenSegment {
  readonly number: number
  readonly path: string
  readonly file: OpenFile
  readonly snapshot: Snapshot
}

/**
 * Opens the present segment, making the catalog where there is none. Looks again after opening: with a
 * segment that was replaced in between, a writer would write where nobody reads.
 */
export async function openPresentSegment(
  disk: FileSystem,
  names: FileNames,
  writer: string,
): Promise<OpenSegment> {
  for (;;) {
    const number = await findOrCreateCatalog(disk, names, writer)
    const path = names.journal(number)
    const file = await openJournal(disk, path)
    try {
      const snapshot = await readUnlessReplaced(disk, names, number)
      if (snapshot !== undefined) return { number, path, file, snapshot }
    } catch (error) {
      await file.close()
      throw error
    }
    await file.close()
  }
}

/** The snapshot of a segment, unless there is a later one by now. */
async function readUnlessReplaced(
  disk: FileSystem,
  names: FileNames,
  segment: number,
): Promise<Snapshot | undefined> {
  if (findLatestSegment(await listOwnFiles(disk, names)) !== segment) return undefined
  // Its maker may not have come to this yet, and what we acknowledge must not depend on that.
  await disk.syncDirectory(names.directory)
  await disk.syncDirectory(names.root)
  return await readSnapshot(disk, names, segment)
}

/** The snapshot that a segment starts from. */
export async function readSnapshot(disk: FileSystem, names: FileNames, segment: number): Promise<Snapshot> {
  const path = names.snapshot(segment)
  const bytes = await readFileIfPresent(disk, path)
  if (bytes === undefined) throw createDamaged(path, 'it is missing')
  return parseSnapshot(path, bytes)
}

/** Without making it: an empty journal in place of one that was lost would hide the loss. */
async function openJournal(disk: FileSystem, path: string): Promise<OpenFile> {
  try {
    return await disk.open(path, 'append')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw createDamaged(path, 'it is missing', {}, { cause: error })
    throw error
  }
}
