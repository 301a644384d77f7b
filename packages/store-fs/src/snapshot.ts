import { createHash, hash } from 'node:crypto'
import { LIFECYCLE_STATES, type LifecycleState } from '@catalog/types'
import { CatalogState, type Tombstone } from './catalog-state.ts'
import { type ChainPoint, formatLine, parseLine } from './record.ts'
import { Row, type RowText } from './row.ts'
import { createDamaged } from './store-error.ts'

const LINES_PER_PIECE = 2000
const LINE_FEED = 0x0a

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
  /** Length and SHA-256 of everything after the first line feed. */
  readonly bytes: number
  readonly sha256: string
  readonly extra?: Readonly<Record<string, unknown>>
}

/**
 * The bytes of a snapshot file, in pieces. The event loop gets a turn between two pieces while they are made; the
 * state must not change meanwhile.
 */
export async function formatSnapshot(segment: number, { state, start }: Snapshot): Promise<Buffer[]> {
  const sha256 = createHash('sha256')
  const pieces: Buffer[] = []
  let bytes = 0
  for (const lines of pieceLines(state)) {
    const piece = Buffer.from(lines)
    sha256.update(piece)
    pieces.push(piece)
    bytes += piece.length
    await new Promise(setImmediate)
  }
  const header: SnapshotHeader = {
    segment,
    start,
    entries: state.size,
    removed: state.removed,
    bytes,
    sha256: sha256.digest('hex'),
    extra: state.extra,
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
  if (body.length !== header.bytes || hash('sha256', body, 'hex') !== header.sha256) {
    const problem = `the ${body.length} bytes after its first line are not the ${header.bytes} that were written`
    throw createDamaged(path, problem, { offset: headerEnd + 1, length: body.length })
  }
  return { state: restoreState(body, header), start: header.start }
}

/** The first line of a snapshot, and where it ends. DAMAGED where the bytes do not begin with one. */
export function parseSnapshotHeader(
  path: string,
  bytes: Buffer,
): { header: SnapshotHeader; headerEnd: number } {
  const headerEnd = bytes.indexOf(LINE_FEED)
  const line = bytes.subarray(0, Math.max(headerEnd, 0))
  const header = parseLine(line)
  if (header === undefined) {
    throw createDamaged(path, 'its first line does not have its checksum', { offset: 0, length: line.length })
  }
  return { header: header as SnapshotHeader, headerEnd }
}

function restoreState(body: Buffer, header: SnapshotHeader): CatalogState {
  const state = new CatalogState(header.extra)
  let start = 0
  for (let line = 0; line < header.entries + header.removed; line += 1) {
    const end = body.indexOf(LINE_FEED, start)
    if (line < header.entries) state.restore(parseRow({ body, start, end }))
    else state.restoreTombstone(JSON.parse(body.toString('utf8', start, end)) as Tombstone)
    start = end + 1
  }
  return state
}

/**
 * What the indexes need, read off the text: `formatSnapshot` puts `id` first, `revision` last, and no unescaped
 * quotation mark stands inside a string. Parsing every line instead takes five times as long.
 */
function parseRow(text: RowText): Row {
  const { body, start, end } = text
  const idStart = start + '{"id":"'.length
  const id = body.toString('latin1', idStart, body.indexOf('"', idStart))
  const stateStart = body.indexOf('"state":"', idStart) + '"state":"'.length
  const revisionStart = body.lastIndexOf(':', end) + 1
  const revision = Number(body.toString('latin1', revisionStart, end - 1))
  return Row.ofText({ id, revision, state: stateAt(body, stateStart) }, text)
}

/** The states differ in their first letter; the same string for all rows. */
function stateAt(body: Buffer, start: number): LifecycleState {
  const letter = body[start]
  const state = LIFECYCLE_STATES.find((name) => name.charCodeAt(0) === letter)
  if (state === undefined) throw new TypeError('a snapshot has an entry without a state')
  return state
}

function* pieceLines(state: CatalogState): Generator<string> {
  let lines = ''
  let count = 0
  for (const line of formatLines(state)) {
    lines += `${line}\n`
    count += 1
    if (count % LINES_PER_PIECE !== 0) continue
    yield lines
    lines = ''
  }
  if (lines !== '') yield lines
}

function* formatLines(state: CatalogState): Generator<string> {
  for (const row of state.list({})) yield row.toText()
  for (const tombstone of state.tombstones()) yield JSON.stringify(tombstone)
}
