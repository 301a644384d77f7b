import { type CatalogError, isCatalogError, type ModelEntry } from '@catalog/types'
import { decodeEntry, encodeEntry } from '@catalog/types/adapter'
import type { FileSystem } from '../disk/file-system.ts'
import { isCount, isObject, MAX_START, parseJson } from '../format/json.ts'
import { splitLines } from '../format/line-splitter.ts'
import { isModelId } from '../format/record-form.ts'
import { assertReadable } from '../state/assert-readable.ts'
import { CatalogState } from '../state/catalog-state.ts'
import { Row } from '../state/row.ts'
import { formatSnapshot, hasBody, parseSnapshot, parseSnapshotHeader } from './snapshot.ts'
import { readSnapshotFile } from './snapshot-file.ts'

/** What a snapshot file is good for. */
export interface SalvagedSnapshot {
  /** Undefined where all of it can be read. */
  readonly damage: CatalogError<'DAMAGED'> | undefined
  /** Its bytes; made anew, where they are as they were written, without the lines that cannot be read; else undefined. */
  readonly bytes: Buffer | undefined
  /** The ids in those lines. */
  readonly lostIds: readonly string[]
}

/** Reads a snapshot, and every entry in it. */
export async function salvageSnapshot(disk: FileSystem, path: string): Promise<SalvagedSnapshot> {
  let bytes: Buffer | undefined
  try {
    bytes = await readSnapshotFile(disk, path)
    assertReadable(path, parseSnapshot(path, bytes).state)
    return { damage: undefined, bytes, lostIds: [] }
  } catch (damage) {
    if (!isCatalogError(damage, 'DAMAGED')) throw damage
    return { damage, ...(bytes === undefined ? NOTHING : await mend(path, bytes)) }
  }
}

const NOTHING = { bytes: undefined, lostIds: [] }

async function mend(path: string, bytes: Buffer): Promise<Omit<SalvagedSnapshot, 'damage'>> {
  const { header, headerEnd } = parseSnapshotHeader(path, bytes)
  const body = bytes.subarray(headerEnd + 1)
  if (!hasBody(header, body)) return NOTHING
  const state = new CatalogState(header.extra)
  state.restoreSettings(header.settings)
  state.restoreTotals(header.totals, header.start[0])
  const lost: string[] = []
  for (const [index, line] of splitLines(body, 0).lines.entries()) {
    const wire = parseWire(line.bytes)
    const entry = index < header.entries ? decodeLine(wire) : undefined
    if (entry !== undefined) {
      state.restore(Row.ofWire(encodeEntry(entry), entry.revision, entry))
      continue
    }
    const { id, revision } = wire
    if (!isModelId(id)) continue
    // Its revisions go on from there all the same.
    if (isCount(revision, 1, MAX_START)) state.restoreTombstone({ id, revision })
    if (index < header.entries) lost.push(id)
  }
  const pieces = await formatSnapshot(header.segment, { state, start: header.start })
  return { bytes: Buffer.concat(pieces), lostIds: lost }
}

/** What a line says, if anything. */
function parseWire(line: Buffer): Readonly<Record<string, unknown>> {
  try {
    const wire = parseJson(line)
    return isObject(wire) ? wire : {}
  } catch {
    return {}
  }
}

function decodeLine(wire: Readonly<Record<string, unknown>>): ModelEntry | undefined {
  const { revision } = wire
  if (!isCount(revision, 1, MAX_START)) return undefined
  try {
    return decodeEntry(wire, revision)
  } catch {
    return undefined
  }
}
