import { isCatalogError, type LifecycleState, type ModelEntry } from '@catalog/types'
import { decodeEntry, type IndexedField, type WireEntry } from '@catalog/types/adapter'
import { createDamagedAt, type Place } from '../format/place.ts'
import { SnapshotLines } from './snapshot-lines.ts'

/** Where a row's JSON stands: in a snapshot, or by itself. */
export interface RowText {
  readonly body: Buffer
  readonly start: number
  readonly end: number
}

/**
 * One entry as it was read: parsed, from a record; or the place of its line in a snapshot, until a caller asks
 * for it. Most of a large catalog is never asked for.
 */
export class Row {
  /** The text by itself as soon as it was asked for: the view does so again and again. */
  #source: WireEntry | SnapshotLines | Buffer
  readonly #line: number
  #id: string | undefined
  #revision: number | undefined
  #state: LifecycleState | undefined
  #entry: ModelEntry | undefined
  /** Of its record; that of a line is known to the lines. */
  readonly #place: Place | undefined

  private constructor(source: WireEntry | SnapshotLines, line: number, place: Place | undefined) {
    this.#source = source
    this.#line = line
    this.#place = place
  }

  /**
   * Of an entry as a record carries it, without a revision; `decoded` where that was done already, and the place of the
   * record where that is known.
   */
  static ofWire(wire: WireEntry, revision: number, decoded?: ModelEntry, place?: Place): Row {
    const row = new Row(wire, 0, place)
    row.#id = String(wire['id'])
    row.#revision = revision
    row.#state = wire['state'] as LifecycleState
    if (decoded !== undefined) row.#entry = atRevision(decoded, revision)
    return row
  }

  /** Of a line in a snapshot, which has the revision. */
  static ofLine(lines: SnapshotLines, line: number): Row {
    return new Row(lines, line, undefined)
  }

  get id(): string {
    this.#id ??= (this.#source as SnapshotLines).idAt(this.#line)
    return this.#id
  }

  get revision(): number {
    this.#revision ??= (this.#source as SnapshotLines).revisionAt(this.#line)
    return this.#revision
  }

  get state(): LifecycleState {
    this.#state ??= (this.#source as SnapshotLines).stateAt(this.#line)
    return this.#state
  }

  /** What stands in a field that is indexed. */
  fieldValue(field: IndexedField): string | undefined {
    return this.entry()[field] ?? undefined
  }

  /** One line of JSON with the revision, as a snapshot has it. */
  toText(): RowText {
    const source = this.#source
    if (source instanceof SnapshotLines) return source.placeOf(this.#line)
    const body = Buffer.isBuffer(source) ? source : this.#format(source)
    this.#source = body
    return { body, start: 0, end: body.length }
  }

  /** The wire form with the revision. DAMAGED where its line is none. */
  toWire(): WireEntry {
    const source = this.#source
    if (source instanceof SnapshotLines) return source.wireAt(this.#line)
    if (Buffer.isBuffer(source)) return JSON.parse(source.toString('utf8'))
    return { ...source, revision: this.revision }
  }

  /** The entry; DAMAGED where its fields are none that this version can read. */
  entry(): ModelEntry {
    this.#entry ??= this.#decode()
    return this.#entry
  }

  /** Known fields in front, as {@link SnapshotLines} looks for them: JSON puts a field called "5" before all others. */
  #format(wire: WireEntry): Buffer {
    const { id, name, source, digest, state, registered_at, verified_at, revision: _, ...rest } = wire
    const first = JSON.stringify({ id, name, source, digest, state, registered_at, verified_at })
    const last = JSON.stringify({ ...rest, revision: this.revision })
    return Buffer.from(`${first.slice(0, -1)},${last.slice(1)}`)
  }

  #decode(): ModelEntry {
    const entry = this.#decodeWire()
    // A line is read in two ways, and one that has a field twice would say two things.
    if (entry.id === this.id && entry.state === this.state) return entry
    throw this.createDamaged('it does not say one thing only')
  }

  #decodeWire(): ModelEntry {
    try {
      return decodeEntry(this.toWire(), this.revision)
    } catch (error) {
      if (isCatalogError(error, 'INVALID_INPUT')) throw this.createDamaged(error.message, { cause: error })
      throw error
    }
  }

  /** DAMAGED, with its place. */
  createDamaged(problem: string, options?: { cause: unknown }): Error {
    const source = this.#source
    const place = source instanceof SnapshotLines ? source.filePlaceOf(this.#line) : this.#place
    const what = `entry ${JSON.stringify(this.id)} cannot be read: ${problem}`
    return createDamagedAt(place ?? { path: this.id, offset: 0 }, what, options)
  }
}

function atRevision(entry: ModelEntry, revision: number): ModelEntry {
  return entry.revision === revision ? entry : Object.freeze({ ...entry, revision })
}
