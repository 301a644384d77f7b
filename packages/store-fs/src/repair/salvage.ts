import type { CatalogError } from '@catalog/types'
import type { FileSystem } from '../disk/file-system.ts'
import { readFileIfPresent } from '../disk/read-file.ts'
import { createMissing } from '../disk/store-error.ts'
import type { FileNames } from '../format/file-names.ts'
import { adoptCatalog, emptySnapshot, findSegment } from '../segment/create-catalog.ts'
import { type SalvagedSnapshot, salvageSnapshot } from '../snapshot/salvage-snapshot.ts'
import { formatSnapshot, type Snapshot } from '../snapshot/snapshot.ts'
import { type SalvagedJournal, salvageJournal } from './salvage-journal.ts'

/** What of a segment is certain. */
export interface SalvagedSegment {
  readonly number: number
  /** Its snapshot as it is; or, where that is damaged, made again from what is before it. */
  readonly snapshotBytes: Buffer
  readonly snapshotDamage: CatalogError<'DAMAGED'> | undefined
  /** The ids of entries that are left out of it, because they cannot be read. */
  readonly lostIds: readonly string[]
  readonly journal: SalvagedJournal
}

/** Snapshots by segment. */
type Snapshots = ReadonlyMap<number, SalvagedSnapshot>

/**
 * The segments from the last whole snapshot on, up to the first damaged journal: what follows builds on what
 * cannot be read. A damaged snapshot loses nothing, because the segments before it make the same state. Where they do
 * not, one with entries that cannot be read is good for all others.
 * CATALOG_MISSING if there is no catalog; DAMAGED where no snapshot is whole.
 */
export async function salvageSegments(
  disk: FileSystem,
  names: FileNames,
): Promise<readonly SalvagedSegment[]> {
  const last = await findLastSegment(disk, names)
  const snapshots = await readSnapshots(disk, names, last)
  const first = await findStart(disk, names, snapshots)
  return await salvageFrom({ disk, names, snapshots, last }, first)
}

interface Salvage {
  readonly disk: FileSystem
  readonly names: FileNames
  readonly snapshots: Snapshots
  readonly last: number
}

/** Where to begin, and from what. */
interface Start {
  readonly number: number
  readonly bytes: Buffer
  readonly lostIds: readonly string[]
}

async function salvageFrom(salvage: Salvage, start: Start): Promise<readonly SalvagedSegment[]> {
  const { disk, names, snapshots, last } = salvage
  const segments: SalvagedSegment[] = []
  let { bytes: snapshotBytes, lostIds } = start
  for (let number = start.number; number <= last; number += 1) {
    const journal = await salvageJournal({ disk, names, number, snapshotBytes, isPast: number < last })
    const later = journal.damage === undefined ? undefined : findLater(snapshots, number)
    // A snapshot behind tells what this journal cannot, which is left as it is.
    if (later !== undefined) return await salvageFrom(salvage, later)
    segments.push({ number, snapshotBytes, snapshotDamage: snapshots.get(number)?.damage, lostIds, journal })
    if (journal.damage !== undefined) break
    snapshotBytes = Buffer.concat(await formatSnapshot(number + 1, journal.end))
    lostIds = []
  }
  return segments
}

function findLater(snapshots: Snapshots, number: number): Start | undefined {
  const later = [...snapshots].filter(([segment, { bytes }]) => segment > number && bytes !== undefined)
  const [first] = later.sort(([a], [b]) => a - b)
  return first && toStart(...first)
}

function toStart(number: number, { bytes, lostIds }: SalvagedSnapshot): Start | undefined {
  return bytes && { number, bytes, lostIds }
}

/** What is certain of a damaged catalog, and the segment where that ends. */
export async function readIntactPrefix(
  disk: FileSystem,
  names: FileNames,
): Promise<{ readonly number: number; readonly snapshot: Snapshot }> {
  const last = await findLastSegment(disk, names)
  const segments = await salvageSegments(disk, names)
  const snapshot = segments.at(-1)?.journal.end ?? emptySnapshot()
  return { number: last, snapshot }
}

async function findLastSegment(disk: FileSystem, names: FileNames): Promise<number> {
  const last = await findSegment(disk, names)
  if (last !== undefined) return last
  // A first segment whose snapshot is lost still has its journal.
  if ((await readFileIfPresent(disk, names.journal(1), 0)) === undefined) throw createMissing(names.root)
  return 1
}

/** The last snapshot that is whole, and all behind. */
async function readSnapshots(disk: FileSystem, names: FileNames, last: number): Promise<Snapshots> {
  const found = new Map<number, SalvagedSnapshot>()
  for (let number = last; number >= 1; number -= 1) {
    const snapshot = await salvageSnapshot(disk, names.snapshot(number))
    found.set(number, snapshot)
    if (snapshot.damage === undefined) break
  }
  return found
}

/** The last whole snapshot; else the first of all, as it can be made; else the first with entries that can be read. */
async function findStart(disk: FileSystem, names: FileNames, snapshots: Snapshots): Promise<Start> {
  for (const [number, snapshot] of snapshots) {
    const start = snapshot.damage === undefined ? toStart(number, snapshot) : undefined
    if (start !== undefined) return start
  }
  const later = findLater(snapshots, 0)
  const isFirst = (await readFileIfPresent(disk, names.journal(1), 0)) !== undefined
  if (later !== undefined && (later.number === 1 || !isFirst)) return later
  // Where the first segments were pruned, nothing tells what they made.
  if (!isFirst) throw [...snapshots.values()][0]?.damage
  return { number: 1, bytes: await makeFirstSnapshot(disk, names), lostIds: [] }
}

/** As when the catalog was made: from the adopted `catalog.json`, or empty. */
async function makeFirstSnapshot(disk: FileSystem, names: FileNames): Promise<Buffer> {
  const adopted = await adoptCatalog(disk, names.adopted)
  return Buffer.concat(await formatSnapshot(1, adopted?.snapshot ?? emptySnapshot()))
}
