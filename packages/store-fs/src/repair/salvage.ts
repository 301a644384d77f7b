import { type CatalogError, isCatalogError } from '@catalog/types'
import type { FileSystem } from '../disk/file-system.ts'
import { readFileIfPresent } from '../disk/read-file.ts'
import { createMissing } from '../disk/store-error.ts'
import type { FileNames } from '../format/file-names.ts'
import { adoptCatalog, emptySnapshot, findSegment } from '../segment/create-catalog.ts'
import { formatSnapshot, parseSnapshot, type Snapshot } from '../snapshot/snapshot.ts'
import { readSnapshotFile } from '../snapshot/snapshot-file.ts'
import { type SalvagedJournal, salvageJournal } from './salvage-journal.ts'

/** What of a segment is certain. */
export interface SalvagedSegment {
  readonly number: number
  /** Its snapshot as it is; or, where that is damaged, made again from what is before it. */
  readonly snapshotBytes: Buffer
  readonly snapshotDamage: CatalogError<'DAMAGED'> | undefined
  readonly journal: SalvagedJournal
}

/** A segment whose snapshot is whole, and the damage of the snapshots behind. */
interface Base {
  readonly number: number
  readonly bytes: Buffer
  readonly damage: ReadonlyMap<number, CatalogError<'DAMAGED'>>
}

/**
 * The segments from the last whole snapshot on, up to the first damaged journal: what is behind that builds on what
 * nobody can read. A damaged snapshot loses nothing, because the segments before it make the same state.
 * CATALOG_MISSING where there is no catalog; DAMAGED where no snapshot is whole.
 */
export async function salvageSegments(
  disk: FileSystem,
  names: FileNames,
): Promise<readonly SalvagedSegment[]> {
  const last = await findLastSegment(disk, names)
  const base = await findBase(disk, names, last)
  const segments: SalvagedSegment[] = []
  let snapshotBytes = base.bytes
  for (let number = base.number; number <= last; number += 1) {
    const isPast = number < last
    const journal = await salvageJournal({ disk, names, number, snapshotBytes, isPast })
    segments.push({ number, snapshotBytes, snapshotDamage: base.damage.get(number), journal })
    if (journal.damage !== undefined) break
    snapshotBytes = Buffer.concat(await formatSnapshot(number + 1, journal.end))
  }
  return segments
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

async function findBase(disk: FileSystem, names: FileNames, last: number): Promise<Base> {
  const damage = new Map<number, CatalogError<'DAMAGED'>>()
  for (let number = last; number >= 1; number -= 1) {
    try {
      const bytes = await readSnapshotFile(disk, names.snapshot(number))
      parseSnapshot(names.snapshot(number), bytes)
      return { number, bytes, damage }
    } catch (error) {
      if (!isCatalogError(error, 'DAMAGED')) throw error
      damage.set(number, error)
    }
  }
  return { number: 1, bytes: await makeFirstSnapshot(disk, names, damage.get(last)), damage }
}

/** As when the catalog was made: from the adopted `catalog.json`, or empty. */
async function makeFirstSnapshot(disk: FileSystem, names: FileNames, damage: unknown): Promise<Buffer> {
  // Where the first segments were pruned, nothing tells what they made.
  if ((await readFileIfPresent(disk, names.journal(1), 0)) === undefined) throw damage
  const adopted = await adoptCatalog(disk, names.adopted)
  return Buffer.concat(await formatSnapshot(1, adopted?.snapshot ?? emptySnapshot()))
}
