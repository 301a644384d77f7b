import { createHash } from 'node:crypto'
import type { StateCounts } from '@catalog/types'
import type { WireTotals } from '@catalog/types/adapter'
import { createDamaged } from '../disk/store-error.ts'
import { LINE_FEED } from '../format/characters.ts'
import { isCount, MAX_START } from '../format/json.ts'
import { createDamagedAt } from '../format/place.ts'
import { type ChainPoint, formatLine, parseLine, type SettingsRow } from '../format/record.ts'
import { isModelId } from '../format/record-form.ts'
import { CatalogState, type Tombstone } from '../state/catalog-state.ts'
import { SnapshotLines } from '../state/snapshot-lines.ts'
import { SnapshotRows } from '../state/snapshot-rows.ts'
import { findSnapshotHeaderProblem } from './header-form.ts'

const PIECE_BYTES = 512 << 10
const LINE_END = Buffer.of(LINE_FEED)
/** What is hashed in one call: more than two gigabytes are refused. */
const HASHED_BYTES = 1 << 30

/** The state at the start of a segment, and the chain up to there. */
export interface Snapshot {
  readonly state: CatalogState
  readonly start: ChainPoint
}

/** The first line of a snapshot file: it vouches for all that follows. */
export interface SnapshotHeader {
  readonly segment: number
  /** The chain at the end of the segment before. */
  readonly start: ChainPoint
  readonly entries: number
  /** Lines after the entries, for ids that were removed: `{id, revision}`. */
  readonly removed: number
  /** How many entries are in each state; absent in a snapshot of an earlier version. */
  readonly counts?: StateCounts
  /** Length and SHA-256 of everything after the first line feed. */
  readonly bytes: number
  readonly sha256: string
  readonly extra?: Readonly<Record<string, unknown>>
  /** Absent where none were ever stored. */
  readonly settings?: SettingsRow
  /** What was done up to here; absent where nothing was counted, and in a snapshot of an earlier version. */
  readonly totals?: WireTotals
}

/**
 * The bytes of a snapshot file, in pieces. The event loop gets a turn between two pieces while they are made; the
 * state must not change meanwhile.
 */
export async function formatSnapshot(segment: number, { state, start }: Snapshot): Promise<Buffer[]> {
  const sha256 = createHash('sha256')
  const pieces: Buffer[] = []
  let bytes = 0
  for (const piece of formatPieces(state)) {
    sha256.update(piece)
    pieces.push(piece)
    bytes += piece.length
    await new Promise(setImmediate)
  }
  const totals = state.wireTotals(start[0])
  const header: SnapshotHeader = {
    segment,
    start,
    entries: state.size,
    removed: state.removed,
    counts: state.counts(),
    bytes,
    sha256: sha256.digest('hex'),
    extra: state.extra,
    ...(state.settings !== undefined && { settings: state.settings }),
    ...(totals !== undefined && { totals }),
  }
  return [Buffer.from(formatLine(JSON.stringify(header))), ...pieces]
}

/**
 * The state in the bytes of a snapshot file; entries are parsed when they are asked for. DAMAGED where one byte is
 * not as it was written. The bytes must not change afterwards.
 */
export function parseSnapshot(path: string, bytes: Buffer): Snapshot {
  const { header, headerEnd } = parseSnapshotHeader(path, bytes)
  const body = bytes.subarray(headerEnd + 1)
  if (hasBody(header, body)) {
    const { entries, removed } = header
    const lines = SnapshotLines.find({ path, offset: headerEnd + 1, bytes: body, entries, removed })
    return { state: restoreState(lines, header), start: header.start }
  }
  const problem = `the ${body.length} bytes after its first line are not the ${header.bytes} that were written`
  throw createDamaged(path, problem, { offset: headerEnd + 1, length: body.length })
}

/** The first line of a snapshot, and where it ends. DAMAGED where the bytes do not begin with one. */
export function parseSnapshotHeader(
  path: string,
  bytes: Buffer,
): { header: SnapshotHeader; headerEnd: number } {
  const headerEnd = bytes.indexOf(LINE_FEED)
  const line = bytes.subarray(0, Math.max(headerEnd, 0))
  const header = parseHeaderLine(path, line)
  const place = { path, offset: 0, length: line.length }
  if (header === undefined) throw createDamagedAt(place, 'its first line does not have its checksum')
  const problem = findSnapshotHeaderProblem(header)
  if (problem === undefined) return { header: header as SnapshotHeader, headerEnd }
  throw createDamagedAt(place, `its first line has a valid checksum but not the right form: ${problem}`)
}

function parseHeaderLine(path: string, line: Buffer): unknown {
  try {
    return parseLine(line)
  } catch (cause) {
    const place = { path, offset: 0, length: line.length }
    throw createDamagedAt(place, `its first line is not JSON: ${String(cause)}`, { cause })
  }
}

/** Whether what follows the first line is as it was written. */
export function hasBody(header: SnapshotHeader, body: Buffer): boolean {
  if (body.length !== header.bytes) return false
  const sha256 = createHash('sha256')
  for (let start = 0; start < body.length; start += HASHED_BYTES) {
    sha256.update(body.subarray(start, start + HASHED_BYTES))
  }
  return sha256.digest('hex') === header.sha256
}

function restoreState(
  lines: SnapshotLines,
  { extra, settings, entries, removed, counts, totals, start }: SnapshotHeader,
): CatalogState {
  const state = new CatalogState(extra, new SnapshotRows(lines, entries, counts))
  state.restoreSettings(settings)
  state.restoreTotals(totals, start[0])
  for (let line = entries; line < entries + removed; line += 1) {
    state.restoreTombstone(readTombstone(lines, line))
  }
  return state
}

function readTombstone(lines: SnapshotLines, line: number): Tombstone {
  const { id, revision } = lines.wireAt(line)
  if (isModelId(id) && isCount(revision, 1, MAX_START)) return { id, revision }
  throw createDamagedAt(lines.filePlaceOf(line), `line ${line + 2} is not that of an entry that was removed`)
}

/** The lines, each with its line feed, in pieces of some size. */
function* formatPieces(state: CatalogState): Generator<Buffer> {
  let lines: Buffer[] = []
  let bytes = 0
  for (const line of formatLines(state)) {
    lines.push(line, LINE_END)
    bytes += line.length + 1
    if (bytes < PIECE_BYTES) continue
    yield Buffer.concat(lines, bytes)
    lines = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(lines, bytes)
}

function* formatLines(state: CatalogState): Generator<Buffer> {
  for (const row of state.rows()) {
    const { body, start, end } = row.toText()
    yield body.subarray(start, end)
  }
  for (const tombstone of state.tombstones()) yield Buffer.from(JSON.stringify(tombstone))
}
