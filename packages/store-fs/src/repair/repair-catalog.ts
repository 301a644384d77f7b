import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { toDiskError } from '@catalog/system-calls'
import type { Clock } from '@catalog/types'
import {
  booleanSchema,
  defineOptionalOptions,
  type OptionsParser,
  objectSchema,
  optionsSchema,
  parseText,
} from '@catalog/types/schema'
import type { FileSystem } from '../disk/file-system.ts'
import { assertLocal } from '../disk/local-file-system.ts'
import { nodeFileSystem } from '../disk/node-file-system.ts'
import { openIfPresent, statusIfPresent } from '../disk/read-file.ts'
import { createDamaged } from '../disk/store-error.ts'
import { systemClock } from '../disk/timers.ts'
import { type FileNames, fileNamesIn, findLatestSegment } from '../format/file-names.ts'
import { type ChainPoint, formatRecord, type JournalRecord } from '../format/record.ts'
import { listOwnFiles } from '../segment/create-catalog.ts'
import { createSegment } from '../segment/create-segment.ts'
import { parseSnapshotHeader } from '../snapshot/snapshot.ts'
import { readSnapshotHeader } from '../snapshot/snapshot-file.ts'
import { ViewClaim } from '../view/view-claim.ts'
import { mendHistory } from './mend-history.ts'
import { BrokenFiles } from './replace-file.ts'
import { type SalvagedSegment, salvageSegments } from './salvage.ts'
import { salvageJournal } from './salvage-journal.ts'

/** Options of a repair. The defaults are right for a local disk. */
export interface RepairOptions {
  readonly clock?: Clock | undefined
  /**
   * Promises that no other program writes to the catalog, which allows a file system that several machines
   * may write to.
   */
  readonly onlyWriter?: boolean | undefined
  /** For tests: a disk that fails. */
  readonly disk?: FileSystem | undefined
}

const parseRepairOptions: OptionsParser<RepairOptions> = defineOptionalOptions<RepairOptions>(
  optionsSchema({
    clock: objectSchema<Clock>().optional(),
    onlyWriter: booleanSchema.optional(),
    disk: objectSchema<FileSystem>().optional(),
  }),
)

/** What a repair did. `keptFiles` and `idsAffected` are empty if the catalog was whole. */
export interface RepairReport {
  /** The segment in which the catalog continues. */
  readonly segment: number
  /** The paths to which the originals were moved. */
  readonly keptFiles: readonly string[]
  /** The number of the last record that is certain. */
  readonly recordsKept: number
  /**
   * The number of records after it that are known to have existed: readable but not applied, or counted by
   * those.
   */
  readonly recordsLost: number
  /**
   * In order, the ids in readable lost records, and those of unreadable entries, which are as they were
   * before or were removed: check these models.
   */
  readonly idsAffected: readonly string[]
}

/** What the steps of one repair share. */
interface Repair {
  readonly disk: FileSystem
  readonly names: FileNames
  readonly writer: string
  readonly clock: Clock
  readonly broken: BrokenFiles
  readonly lost: JournalRecord[]
  /** Of entries that could not be read. */
  readonly unreadable: Set<string>
  /** The last certain record, once a journal was cut. */
  recordsKept: number | undefined
  /** The last record that the view shows, where the journal ends before it. */
  recordsShown: number
}

/**
 * Makes a damaged catalog usable again. Close it in all programs first: a store with a damaged journal open
 * fails with DAMAGED before it acknowledges another change. A damaged snapshot is made again from the
 * segments before it, which loses nothing. An entry whose checksum is right but which cannot be read is left
 * as it was before, or removed, and all others stay. A damaged journal is cut after its last certain record,
 * and a new segment begins there; readable records behind the damage are not applied, because they depend on
 * the damaged ones. Every original is kept as `*.broken-<UTC time>`. A crash at any point leaves a catalog
 * that can be repaired again.
 *
 * @throws {CatalogError} INVALID_INPUT if the root or an option is invalid
 * @throws {CatalogError} CATALOG_MISSING if there is no catalog
 * @throws {CatalogError} DAMAGED if no snapshot is whole, or another process went on writing
 * @throws {CatalogError} SHARED_FILE_SYSTEM if several machines may write to the file system, without
 *   `onlyWriter`
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote the catalog
 * @throws {CatalogError} NOT_A_REGULAR_FILE if something else is in place of one of its files
 * @throws {CatalogError} READ_ONLY if the file system is read-only
 * @throws {CatalogError} NO_SPACE if the disk is full
 * @throws {CatalogError} IO if the disk cannot be read or written
 *
 * @example
 * ```ts
 * import { openFileStore, repairCatalog } from '@catalog/store-fs'
 *
 * await (await openFileStore({ root: './models' })).close()
 * const { recordsLost, keptFiles } = await repairCatalog('./models')
 * console.log(recordsLost, keptFiles.length) // 0 0
 * ```
 */
export async function repairCatalog(root: string, options?: RepairOptions): Promise<RepairReport> {
  const { clock = systemClock, onlyWriter = false, disk = nodeFileSystem } = parseRepairOptions(options)
  const names = fileNamesIn(resolve(parseText('root', root)))
  const broken = new BrokenFiles(disk, names, clock.now())
  const writer = randomUUID()
  try {
    if (!onlyWriter) await assertLocal(disk, names.root)
    return await repairAll({
      disk,
      names,
      writer,
      clock,
      broken,
      lost: [],
      unreadable: new Set(),
      recordsKept: undefined,
      recordsShown: 0,
    })
  } catch (error) {
    throw toDiskError(error, 'repair the catalog in', names.root, 'unknown')
  }
}

async function repairAll(repair: Repair): Promise<RepairReport> {
  for (;;) {
    const segments = await salvageSegments(repair.disk, repair.names)
    const damaged = segments.filter((segment) => isDamaged(segment))
    for (const segment of damaged) await repairSegment(repair, segment)
    const last = segments.at(-1)
    if (damaged.length > 0 || last === undefined) continue
    await putClaimAside(repair, last)
    const segment = await goOn(repair, last)
    await mendHistory(repair, segments[0]?.number ?? 1)
    return report(repair, segment, last)
  }
}

function isDamaged({ snapshotDamage, journal }: SalvagedSegment): boolean {
  return snapshotDamage !== undefined || journal.damage !== undefined || journal.isMended
}

async function repairSegment(repair: Repair, segment: SalvagedSegment): Promise<void> {
  const { names, writer, broken, unreadable } = repair
  const { number, snapshotBytes, snapshotDamage, lostIds, journal } = segment
  for (const id of [...lostIds, ...journal.mendedIds]) unreadable.add(id)
  // It may show entries in a form that cannot be read.
  if (lostIds.length > 0 || journal.isMended) await broken.keepOriginal(names.view)
  if (snapshotDamage !== undefined) await broken.replace(names.snapshot(number), writer, [snapshotBytes])
  if (journal.damage !== undefined) await cutJournal(repair, segment)
  else if (journal.isMended) await mendJournal(repair, segment)
}

/**
 * Only the records that cannot be read are made anew, so that those behind, and the segments behind, stay as they are.
 * The present segment ends there, by another seal than the original gets, for the stores that have that open: see below.
 */
async function mendJournal(
  repair: Repair,
  { number, snapshotBytes, journal }: SalvagedSegment,
): Promise<void> {
  const { disk, names, writer, broken } = repair
  const path = names.journal(number)
  const isPast = (findLatestSegment(await listOwnFiles(disk, names)) ?? number) > number
  if (isPast || journal.isSealed) return await broken.replace(path, writer, [journal.prefix])
  const { start } = parseSnapshotHeader(names.snapshot(number), snapshotBytes).header
  const seal = formatSeal(repair, start, 1)
  await appendSeal(disk, path, seal)
  const now = await salvageJournal({ disk, names, number, snapshotBytes, isPast: true })
  if (now.damage !== undefined) return
  repair.recordsKept ??= now.end.start[0] - 1
  const end = now.prefix.lastIndexOf(seal)
  const another = end < 0 ? [now.prefix] : [now.prefix.subarray(0, end), formatSeal(repair, start, 2)]
  await broken.replace(path, writer, another)
}

/**
 * The seal goes to the end of the original as well: a store that still has that open reads it before any record that
 * it writes from now on, goes on to the next segment, and finds out there that this begins where it never stood.
 */
async function cutJournal(repair: Repair, { number, snapshotBytes }: SalvagedSegment): Promise<void> {
  const { disk, names, writer, broken } = repair
  const path = names.journal(number)
  const { start } = parseSnapshotHeader(names.snapshot(number), snapshotBytes).header
  const seal = formatSeal(repair, start, 1)
  await appendSeal(disk, path, seal)
  const now = await salvageJournal({ disk, names, number, snapshotBytes, isPast: true })
  repair.recordsKept ??= now.end.start[0] - (now.isSealed ? 1 : 0)
  if (now.damage === undefined) return
  repair.lost.push(...now.behind.filter((record) => record.writer !== writer))
  // It may show records that the catalog no longer has.
  await broken.keepOriginal(names.view)
  await broken.replace(path, writer, [now.prefix, seal])
}

async function appendSeal(disk: FileSystem, path: string, seal: Buffer): Promise<void> {
  const file = await openIfPresent(disk, path, 'append')
  if (file === undefined) return
  try {
    const written = await file.append(seal)
    if (written < seal.length) throw Object.assign(new Error('cut short'), { code: 'ENOSPC', path })
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Builds on nothing but the start of the segment, so that it holds for every store that has read any part of it. */
function formatSeal({ writer, clock }: Repair, start: ChainPoint, seq: number): Buffer {
  const header = { after: start, synced: start, writer, seq, at: clock.now().toISOString() }
  return formatRecord(header, { seal: true })
}

/** Of records that only the view shows, only their number is known. */
async function putClaimAside(repair: Repair, { number, journal }: SalvagedSegment): Promise<void> {
  const { disk, names, broken } = repair
  const claim = await ViewClaim.read(disk, names)
  const path = names.journal(number)
  const found = { path, head: journal.end.start[0], inode: (await statusIfPresent(disk, path))?.ino ?? 0 }
  if (claim === undefined || (await claim.findLoss(found)) === undefined) return
  repair.recordsShown = claim.revision
  await broken.keepOriginal(names.view)
}

/** The number of the segment that the catalog goes on in, which is made where the last one was cut. */
async function goOn({ disk, names, writer, recordsKept }: Repair, last: SalvagedSegment): Promise<number> {
  if (recordsKept === undefined || !last.journal.isSealed) return last.number
  const number = last.number + 1
  const { end } = last.journal
  await createSegment(disk, names, writer, number, end)
  const made = await readSnapshotHeader(disk, names.snapshot(number))
  if (made?.header.start[1] === end.start[1]) return number
  throw createDamaged(
    names.snapshot(number),
    'a program that had the catalog open went on while it was repaired',
  )
}

function report(
  { broken, lost, unreadable, recordsKept, recordsShown }: Repair,
  segment: number,
  last: SalvagedSegment,
): RepairReport {
  const kept = recordsKept ?? last.journal.end.start[0]
  const known = lost.reduce(
    (highest, { after }) => Math.max(highest, after[0] + 1),
    Math.max(kept, recordsShown),
  )
  const ids = lost.flatMap(({ commits = [] }) =>
    commits.flatMap(({ changes }) => changes.map(({ id }) => id)),
  )
  return {
    segment,
    keptFiles: broken.kept,
    recordsKept: kept,
    recordsLost: Math.max(lost.length, known - kept),
    idsAffected: [...new Set([...ids, ...unreadable])].sort(),
  }
}
