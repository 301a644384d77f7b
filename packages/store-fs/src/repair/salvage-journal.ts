import { type CatalogError, isCatalogError } from '@catalog/types'
import type { FileSystem } from '../disk/file-system.ts'
import { readFileIfPresent } from '../disk/read-file.ts'
import { createDamaged } from '../disk/store-error.ts'
import type { FileNames } from '../format/file-names.ts'
import { MAX_LINE_BYTES } from '../format/limits.ts'
import { type Line, splitLines } from '../format/line-splitter.ts'
import type { JournalRecord } from '../format/record.ts'
import { findRecordProblem } from '../format/record-form.ts'
import { Replay } from '../segment/replay.ts'
import { parseSnapshot, type Snapshot } from '../snapshot/snapshot.ts'
import { parseLoosely } from './loose-record.ts'
import { Mender } from './mender.ts'

/** What of a segment's journal is certain. */
export interface SalvagedJournal {
  /** Undefined where all of it is. */
  readonly damage: CatalogError<'DAMAGED'> | undefined
  /** The state at the end of what is certain. */
  readonly end: Snapshot
  readonly isSealed: boolean
  /** The bytes of what is certain, with the records that were made anew. */
  readonly prefix: Buffer
  /** Whether there are any of those. */
  readonly isMended: boolean
  /** The ids of the entries in them that could not be read. */
  readonly mendedIds: readonly string[]
  /** Records behind that can be read; whether they took effect depends on what cannot. */
  readonly behind: readonly JournalRecord[]
}

export interface SalvageRequest {
  readonly disk: FileSystem
  readonly names: FileNames
  readonly number: number
  /** The segment's snapshot. */
  readonly snapshotBytes: Buffer
  /** Whether segments come after this one, so that it must have an end. */
  readonly isPast: boolean
}

/** Reads a segment's journal as far as it is certain. */
export async function salvageJournal(request: SalvageRequest): Promise<SalvagedJournal> {
  const { disk, names, number, isPast } = request
  const path = names.journal(number)
  const bytes = await readFileIfPresent(disk, path)
  const { lines } = splitLines(bytes ?? Buffer.alloc(0), 0)
  const replay = startReplay(request)
  const mender = new Mender(replay, lines)
  const damage =
    (bytes === undefined ? createDamaged(path, 'it is missing') : replayLines(path, replay, mender, lines)) ??
    (isPast && !replay.isSealed && replay.cut === undefined ? createUnsealed(path, replay) : undefined)
  if (damage !== undefined || bytes === undefined) {
    return { damage, isSealed: false, ...takePrefix(request, lines, bytes, damage) }
  }
  const end = { state: replay.state, start: replay.head }
  return { damage, end, isSealed: replay.isSealed, behind: [], ...patch(mender, bytes, bytes.length) }
}

function patch(
  mender: Mender,
  bytes: Buffer,
  end: number,
): Pick<SalvagedJournal, 'prefix' | 'isMended' | 'mendedIds'> {
  return { prefix: mender.patch(bytes, end), isMended: mender.lines.length > 0, mendedIds: [...mender.ids] }
}

/** Again from the snapshot, up to the last certain record: a state that went further cannot go back. */
function takePrefix(
  request: SalvageRequest,
  lines: readonly Line[],
  bytes: Buffer = Buffer.alloc(0),
  damage: CatalogError<'DAMAGED'> | undefined,
): Omit<SalvagedJournal, 'damage' | 'isSealed'> {
  const recordsBefore = damage?.details.recordsBefore ?? 0
  const replay = startReplay(request)
  const mender = new Mender(replay, lines)
  let taken = 0
  let prefixEnd = 0
  for (const line of lines) {
    if (replay.head[0] >= recordsBefore) break
    mender.take(line)
    taken += 1
    prefixEnd = line.offset + line.bytes.length + 1
  }
  const behind = lines.slice(taken).flatMap((line) => parseRecord(line))
  const end = { state: replay.state, start: replay.head }
  return { end, behind, ...patch(mender, bytes, prefixEnd) }
}

function startReplay({ names, number, snapshotBytes }: SalvageRequest): Replay {
  const { state, start } = parseSnapshot(names.snapshot(number), snapshotBytes)
  return new Replay(names.journal(number), state, start)
}

function replayLines(
  path: string,
  replay: Replay,
  mender: Mender,
  lines: readonly Line[],
): CatalogError<'DAMAGED'> | undefined {
  try {
    for (const line of lines) {
      if (line.bytes.length > MAX_LINE_BYTES) throw createTooLong(path, line, replay)
      mender.take(line)
    }
    return undefined
  } catch (error) {
    if (isCatalogError(error, 'DAMAGED')) return error
    throw error
  }
}

function parseRecord(line: Line): JournalRecord[] {
  const record = parseLoosely(line)
  return findRecordProblem(record) === undefined ? [record as JournalRecord] : []
}

function createTooLong(path: string, { offset, bytes }: Line, replay: Replay): CatalogError<'DAMAGED'> {
  const place = { offset, length: bytes.length, recordsBefore: replay.head[0] }
  return createDamaged(path, `a line is longer than ${MAX_LINE_BYTES} bytes`, place)
}

function createUnsealed(path: string, replay: Replay): CatalogError<'DAMAGED'> {
  return createDamaged(path, 'it ends without a seal', { recordsBefore: replay.head[0] })
}
