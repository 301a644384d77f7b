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

/** How a repair works: the defaults are right for a local disk. */
export interface RepairOptions {
  readonly clock?: Clock | undefined
  /** As for opening: no other process writes to the catalog, so that its file system need not be a local one. */
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

/** What a repair did. Nothing was kept and nothing lost where the catalog was whole. */
export interface RepairReport {
  /** The segment that the catalog goes on in. */
  readonly segment: number
  /** Where the originals are now. */
  readonly keptFiles: readonly string[]
  /** The number of the last record that is certain. */
  readonly recordsKept: number
  /** Records behind that which are known to have been there: read and not taken over, or counted by those. */
  readonly recordsLost: number
  /**
   * In order, the ids that the readable ones of them name, and those of entries that could not be read and are as they
   * were before that, or removed: look at these entries.
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
 * Makes a damaged catalog usable again. Close it everywhere first: a store that has a damaged journal open meanwhile
 * fails with DAMAGED before it acknowledges anything more. A damaged snapshot is made again from the segments before
 * it, which loses nothing. An entry that has its checksum and cannot be read is left as it was before, or removed, and
 * all others stay. A damaged journal is cut behind its last certain record, and a new segment begins from
 * there; what is readable behind is not applied, because it depends on what is not. Every original stays beside,
 * as `*.broken-<UTC time>`. A crash at any point leaves a catalog that can be repaired again.
 * CATALOG_MISSING if there is no catalog; DAMAGED if no snapshot is whole, or another process went on writing;
 * UNSUPPORTED_FORMAT, NOT_A_REGULAR_FILE, NO_SPACE, READ_ONLY, IO.
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
  if (lostIds.length > 0 || journal.isMended) await broken.putAside(names.view)
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
  await broken.putAside(names.view)
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
  await broken.putAside(names.view)
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
