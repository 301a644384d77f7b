import { CatalogError, isCatalogError, type LifecycleState, type ModelEntry } from '@catalog/types'
import { decodeEntry, type IndexedField, type WireEntry } from '@catalog/types/adapter'
import { SnapshotLines } from './snapshot-lines.ts'

/** Where a row's JSON stands: in a snapshot, or by itself. */
export interface RowText {
  readonly body: Buffer
  readonly start: number
  readonly end: number
}

/**
 * One entry as it was read: parsed, from a record; or the place of its line in a snapshot, until somebody asks
 * for it. Of most of a large catalog nobody ever does.
 */
export class Row {
  /** The text by itself as soon as somebody has asked for it: the view does so again and again. */
  #source: WireEntry | SnapshotLines | Buffer
  readonly #line: number
  #id: string | undefined
  #revision: number | undefined
  #state: LifecycleState | undefined
  #entry: ModelEntry | undefined

  private constructor(source: WireEntry | SnapshotLines, line: number) {
    this.#source = source
    this.#line = line
  }

  /** Of an entry as a record carries it, without a revision; `decoded` where that was done already. */
  static ofWire(wire: WireEntry, revision: number, decoded?: ModelEntry): Row {
    const row = new Row(wire, 0)
    row.#id = String(wire['id'])
    row.#revision = revision
    row.#state = wire['state'] as LifecycleState
    if (decoded !== undefined) row.#entry = atRevision(decoded, revision)
    return row
  }

  /** Of a line in a snapshot, which has the revision. */
  static ofLine(lines: SnapshotLines, line: number): Row {
    return new Row(lines, line)
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

  /** The wire form with the revision. */
  toWire(): WireEntry {
    const source = this.#source
    if (source instanceof SnapshotLines) return JSON.parse(source.textAt(this.#line))
    if (Buffer.isBuffer(source)) return JSON.parse(source.toString('utf8'))
    return { ...source, revision: this.revision }
  }

  /** The entry; DAMAGED where its fields are none that this version can read. */
  entry(): ModelEntry {
    this.#entry ??= this.#decode()
    return this.#entry
  }

  #format({ revision: _revision, ...wire }: WireEntry): Buffer {
    return Buffer.from(JSON.stringify({ ...wire, revision: this.revision }))
  }

  #decode(): ModelEntry {
    try {
      return decodeEntry(this.toWire(), this.revision)
    } catch (error) {
      if (!isCatalogError(error, 'INVALID_INPUT')) throw error
      const problem = `entry ${JSON.stringify(this.id)} cannot be read: ${error.message}`
      throw new CatalogError('DAMAGED', problem, { path: this.id, problem }, { cause: error })
    }
  }
}

function atRevision(entry: ModelEntry, revision: number): ModelEntry {
  return entry.revision === revision ? entry : Object.freeze({ ...entry, revision })
}
