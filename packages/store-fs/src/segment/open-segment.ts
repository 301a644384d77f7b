import type { FileSystem, OpenFile } from '../disk/file-system.ts'
import { openIfPresent } from '../disk/read-file.ts'
import { createDamaged, createMissing } from '../disk/store-error.ts'
import { type FileNames, findLatestSegment } from '../format/file-names.ts'
import type { ChainPoint } from '../format/record.ts'
import { parseSnapshot, type Snapshot } from '../snapshot/snapshot.ts'
import { readSnapshotFile, readSnapshotHeader } from '../snapshot/snapshot-file.ts'
import {
  adoptCatalog,
  assertNoOrphanedJournal,
  findOrCreateCatalog,
  findSegment,
  listOwnFiles,
} from './create-catalog.ts'

/** A segment's journal, open, and the state that it builds on. */
export interface OpenSegment {
  readonly number: number
  readonly path: string
  readonly file: OpenFile
  readonly snapshot: Snapshot
  readonly snapshotBytes: number
  /** True if the state is all there is, until a writer makes a later segment: no journal is read. */
  readonly isDetached?: true
}

/** Where segments are opened, and by whom. */
export interface SegmentPlace {
  readonly disk: FileSystem
  readonly names: FileNames
  /** Undefined for a store that only reads: then nothing is made, synced or opened for writing. */
  readonly writer: string | undefined
}

/**
 * Opens the present segment, and makes the catalog if there is none. Looks again after opening: with a
 * segment that was replaced in between, a writer would write where no store reads. CATALOG_MISSING if there is no
 * catalog and none may be made.
 */
export async function openPresentSegment(place: SegmentPlace): Promise<OpenSegment> {
  const { disk, names, writer } = place
  for (;;) {
    const number =
      writer === undefined ? await findSegment(disk, names) : await findOrCreateCatalog(disk, names, writer)
    if (number === undefined) return await openBareCatalog(disk, names)
    try {
      const segment = await openSegment(place, number)
      if (segment !== undefined) return segment
    } catch (error) {
      // Pruned while it was opened: what is missing then is not lost.
      if (findLatestSegment(await listOwnFiles(disk, names)) === number) throw error
    }
  }
}

/** Undefined if it is no longer the present one. */
async function openSegment(place: SegmentPlace, number: number): Promise<OpenSegment | undefined> {
  const { disk, names } = place
  const path = names.journal(number)
  const file = await openJournal(place, path)
  try {
    if (await isPresentSegment(place, number)) {
      const bytes = await readSnapshotFile(disk, names.snapshot(number))
      const snapshot = parseSnapshot(names.snapshot(number), bytes)
      return { number, path, file, snapshot, snapshotBytes: bytes.length }
    }
  } catch (error) {
    await file.close()
    throw error
  }
  await file.close()
  return undefined
}

/**
 * Opens the segment after the one that was left, for a store that has read that to its seal and so has the state
 * already; the present one if the next is pruned. Undefined if there is none yet. DAMAGED if the next one
 * goes on from another state: the catalog was repaired while a store had it open.
 */
export async function openNextSegment(
  place: SegmentPlace,
  left: Pick<OpenSegment, 'number' | 'isDetached'>,
  snapshot: Snapshot,
): Promise<OpenSegment | undefined> {
  const { disk, names, writer } = place
  const latest = findLatestSegment(await listOwnFiles(disk, names)) ?? 0
  if (latest <= left.number) return undefined
  if (left.isDetached) return await openPresentSegment(place)
  if (writer !== undefined) await disk.syncDirectory(names.directory)
  const number = left.number + 1
  const path = names.journal(number)
  const next = await readSnapshotHeader(disk, names.snapshot(number))
  if (next === undefined) return await openPresentSegment(place)
  assertGoesOn(names.snapshot(number), next.header.start, snapshot.start)
  // The same for all, also for one that has counted since before an earlier version made a snapshot without totals.
  snapshot.state.restoreTotals(next.header.totals, next.header.start[0])
  const file = await openIfPresent(disk, path, modeOf(place))
  if (file === undefined) return await openPresentSegment(place)
  return { number, path, file, snapshot, snapshotBytes: next.sizeBytes }
}

/** A state without a journal to follow: what stands until there is a segment behind `number`. */
export function detachSegment(number: number, path: string, snapshot: Snapshot): OpenSegment {
  return { number, path, file: NO_FILE, snapshot, snapshotBytes: 0, isDetached: true }
}

/** The snapshot that a segment starts from. */
export async function readSnapshot(disk: FileSystem, names: FileNames, segment: number): Promise<Snapshot> {
  const path = names.snapshot(segment)
  return parseSnapshot(path, await readSnapshotFile(disk, path))
}

const NO_FILE: OpenFile = {
  status: () => ({ size: 0, ino: 0, nlink: 1 }),
  isNamed: () => true,
  read: () => 0,
  append: () => 0,
  rewrite: () => undefined,
  sync: () => undefined,
  close: () => undefined,
}

/** A `catalog.json` that is not yet a catalog, for a store that may not make one of it. */
async function openBareCatalog(disk: FileSystem, names: FileNames): Promise<OpenSegment> {
  const adopted = await adoptCatalog(disk, names.view)
  await assertNoOrphanedJournal(disk, names)
  if (adopted === undefined) throw createMissing(names.root)
  return detachSegment(0, names.view, adopted.snapshot)
}

async function isPresentSegment({ disk, names, writer }: SegmentPlace, segment: number): Promise<boolean> {
  if (findLatestSegment(await listOwnFiles(disk, names)) !== segment) return false
  if (writer === undefined) return true
  // Its maker may not have come to this yet, and what we acknowledge must not depend on that.
  await disk.syncDirectory(names.directory)
  await disk.syncDirectory(names.root)
  return true
}

function assertGoesOn(path: string, start: ChainPoint, head: ChainPoint): void {
  if (start[0] === head[0] && start[1] === head[1]) return
  const problem = `it goes on from record ${start[0]}, and the segment before it was read to record ${head[0]}`
  throw createDamaged(path, `${problem}, another one or with other records before it`)
}

/** Without making it: an empty journal in place of one that was lost would hide the loss. */
async function openJournal(place: SegmentPlace, path: string): Promise<OpenFile> {
  const file = await openIfPresent(place.disk, path, modeOf(place))
  if (file === undefined) throw createDamaged(path, 'it is missing')
  return file
}

function modeOf({ writer }: SegmentPlace): 'read' | 'append' {
  return writer === undefined ? 'read' : 'append'
}
