import { type CatalogError, isCatalogError } from '@catalog/types'
import type { FileSystem } from '../disk/file-system.ts'
import { readFileIfPresent } from '../disk/read-file.ts'
import { createDamaged } from '../disk/store-error.ts'
import type { FileNames } from '../format/file-names.ts'
import { MAX_LINE_BYTES } from '../format/limits.ts'
import { type Line, splitLines } from '../format/line-splitter.ts'
import { type JournalRecord, parseLine } from '../format/record.ts'
import { Replay } from '../segment/replay.ts'
import { parseSnapshot, type Snapshot } from '../snapshot/snapshot.ts'

/** What of a segment's journal is certain. */
export interface SalvagedJournal {
  /** Undefined where all of it is. */
  readonly damage: CatalogError<'DAMAGED'> | undefined
  /** The state at the end of what is certain. */
  readonly end: Snapshot
  readonly isSealed: boolean
  /** The bytes of what is certain. */
  readonly prefix: Buffer
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
  const damage =
    (bytes === undefined ? createDamaged(path, 'it is missing') : replayLines(path, replay, lines)) ??
    (isPast && !replay.isSealed && replay.cut === undefined ? createUnsealed(path, replay) : undefined)
  if (damage === undefined) {
    const end = { state: replay.state, start: replay.head }
    return { damage, end, isSealed: replay.isSealed, prefix: bytes ?? Buffer.alloc(0), behind: [] }
  }
  return { damage, isSealed: false, ...takePrefix(request, lines, bytes, damage) }
}

/** Again from the snapshot, up to the last certain record: a state that went further cannot go back. */
function takePrefix(
  request: SalvageRequest,
  lines: readonly Line[],
  bytes: Buffer = Buffer.alloc(0),
  { details: { recordsBefore = 0 } }: CatalogError<'DAMAGED'>,
): Pick<SalvagedJournal, 'end' | 'prefix' | 'behind'> {
  const replay = startReplay(request)
  let taken = 0
  let prefixEnd = 0
  for (const line of lines) {
    if (replay.head[0] >= recordsBefore) break
    replay.take(line)
    taken += 1
    prefixEnd = line.offset + line.bytes.length + 1
  }
  const behind = lines.slice(taken).flatMap((line) => parseRecord(line))
  const end = { state: replay.state, start: replay.head }
  return { end, prefix: bytes.subarray(0, prefixEnd), behind }
}

function startReplay({ names, number, snapshotBytes }: SalvageRequest): Replay {
  const { state, start } = parseSnapshot(names.snapshot(number), snapshotBytes)
  return new Replay(names.journal(number), state, start)
}

function replayLines(
  path: string,
  replay: Replay,
  lines: readonly Line[],
): CatalogError<'DAMAGED'> | undefined {
  try {
    for (const line of lines) {
      if (line.bytes.length > MAX_LINE_BYTES) throw createTooLong(path, line, replay)
      replay.take(line)
    }
    return undefined
  } catch (error) {
    if (isCatalogError(error, 'DAMAGED')) return error
    throw error
  }
}

function parseRecord({ bytes }: Line): JournalRecord[] {
  try {
    const record = parseLine(bytes)
    return record === undefined ? [] : [record as JournalRecord]
  } catch {
    return []
  }
}

function createTooLong(path: string, { offset, bytes }: Line, replay: Replay): CatalogError<'DAMAGED'> {
  const place = { offset, length: bytes.length, recordsBefore: replay.head[0] }
  return createDamaged(path, `a line is longer than ${MAX_LINE_BYTES} bytes`, place)
}

function createUnsealed(path: string, replay: Replay): CatalogError<'DAMAGED'> {
  return createDamaged(path, 'it ends without a seal', { recordsBefore: replay.head[0] })
}
