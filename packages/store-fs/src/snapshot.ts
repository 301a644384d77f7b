import { hash } from 'node:crypto'
import type { WireEntry } from '@catalog/types'
import { CatalogState, type Tombstone } from './catalog-state.ts'
import { type ChainPoint, formatLine, parseLine } from './record.ts'
import { createDamaged } from './store-error.ts'

/** The state at the start of a segment, and the chain up to there. */
export interface Snapshot {
  readonly state: CatalogState
  readonly start: ChainPoint
}

/** The first line of a snapshot file: it vouches for all that follows. */
interface SnapshotHeader {
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

/** The bytes of a snapshot file. */
export function formatSnapshot(segment: number, { state, start }: Snapshot): Buffer {
  const lines = Array.from(state.sorted(), (row) => JSON.stringify(row.toWire()))
  const removed = Array.from(state.tombstones(), (tombstone) => JSON.stringify(tombstone))
  const body = Buffer.from([...lines, ...removed].map((line) => `${line}\n`).join(''))
  const header: SnapshotHeader = {
    segment,
    start,
    entries: lines.length,
    removed: removed.length,
    bytes: body.length,
    sha256: hash('sha256', body, 'hex'),
    extra: state.extra,
  }
  return Buffer.concat([Buffer.from(formatLine(JSON.stringify(header))), body])
}

/** The state in the bytes of a snapshot file. DAMAGED where one of them is not as it was written. */
export function parseSnapshot(path: string, bytes: Buffer): Snapshot {
  const headerEnd = bytes.indexOf('\n')
  const header = parseHeader(path, bytes.subarray(0, headerEnd === -1 ? 0 : headerEnd))
  const body = bytes.subarray(headerEnd + 1)
  if (body.length !== header.bytes || hash('sha256', body, 'hex') !== header.sha256) {
    const problem = `the ${body.length} bytes after its first line are not the ${header.bytes} that were written`
    throw createDamaged(path, problem, { offset: headerEnd + 1, length: body.length })
  }
  return { state: restoreState(body.toString('utf8').split('\n'), header), start: header.start }
}

function parseHeader(path: string, line: Buffer): SnapshotHeader {
  const header = parseLine(line)
  if (header === undefined) {
    throw createDamaged(path, 'its first line does not have its checksum', { offset: 0, length: line.length })
  }
  return header as SnapshotHeader
}

function restoreState(lines: readonly string[], header: SnapshotHeader): CatalogState {
  const state = new CatalogState(header.extra)
  for (const line of lines.slice(0, header.entries)) {
    const { revision, ...wire } = JSON.parse(line) as WireEntry & { revision: number }
    state.restore(wire, revision)
  }
  for (const line of lines.slice(header.entries, header.entries + header.removed)) {
    state.restoreTombstone(JSON.parse(line) as Tombstone)
  }
  return state
}
