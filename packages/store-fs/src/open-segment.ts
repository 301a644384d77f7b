import { findOrCreateCatalog, listOwnFiles } from './create-catalog.ts'
import { type FileNames, findLatestSegment } from './file-names.ts'
import type { FileSystem, OpenFile } from './file-system.ts'
import { openIfPresent, readFileIfPresent, sizeIfPresent } from './read-file.ts'
import { parseSnapshot, type Snapshot } from './snapshot.ts'
import { createDamaged } from './store-error.ts'

/** A segment's journal, open, and the state that it builds on. */
export interface OpenSegment {
  readonly number: number
  readonly path: string
  readonly file: OpenFile
  readonly snapshot: Snapshot
  readonly snapshotBytes: number
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
      if (await isPresentSegment(disk, names, number)) {
        const bytes = await readSnapshotFile(disk, names, number)
        const snapshot = parseSnapshot(names.snapshot(number), bytes)
        return { number, path, file, snapshot, snapshotBytes: bytes.length }
      }
    } catch (error) {
      await file.close()
      throw error
    }
    await file.close()
  }
}

/**
 * Opens the segment after the one that was left, for somebody who has read that to its seal and so has the state
 * already; the present one where the next is pruned. Undefined where there is none yet.
 */
export async function openNextSegment(
  disk: FileSystem,
  names: FileNames,
  left: number,
  snapshot: Snapshot,
): Promise<OpenSegment | undefined> {
  const latest = findLatestSegment(await listOwnFiles(disk, names)) ?? left
  if (latest <= left) return undefined
  await disk.syncDirectory(names.directory)
  const number = left + 1
  const path = names.journal(number)
  const snapshotBytes = await sizeIfPresent(disk, names.snapshot(number))
  const file = snapshotBytes === undefined ? undefined : await openIfPresent(disk, path, 'append')
  if (snapshotBytes !== undefined && file !== undefined)
    return { number, path, file, snapshot, snapshotBytes }
  await file?.close()
  return await openPresentSegment(disk, names, '')
}

/** The snapshot that a segment starts from. */
export async function readSnapshot(disk: FileSystem, names: FileNames, segment: number): Promise<Snapshot> {
  return parseSnapshot(names.snapshot(segment), await readSnapshotFile(disk, names, segment))
}

async function isPresentSegment(disk: FileSystem, names: FileNames, segment: number): Promise<boolean> {
  if (findLatestSegment(await listOwnFiles(disk, names)) !== segment) return false
  // Its maker may not have come to this yet, and what we acknowledge must not depend on that.
  await disk.syncDirectory(names.directory)
  await disk.syncDirectory(names.root)
  return true
}

async function readSnapshotFile(disk: FileSystem, names: FileNames, segment: number): Promise<Buffer> {
  const path = names.snapshot(segment)
  const bytes = await readFileIfPresent(disk, path)
  if (bytes === undefined) throw createDamaged(path, 'it is missing')
  return bytes
}

/** Without making it: an empty journal in place of one that was lost would hide the loss. */
async function openJournal(disk: FileSystem, path: string): Promise<OpenFile> {
  const file = await openIfPresent(disk, path, 'append')
  if (file === undefined) throw createDamaged(path, 'it is missing')
  return file
}
