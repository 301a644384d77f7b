import {
  CatalogError,
  decodeEntry,
  isCatalogError,
  type LifecycleState,
  type ModelEntry,
  type WireEntry,
} from '@catalog/types'

/** Where a row's JSON stands: in a snapshot, or by itself. */
export interface RowText {
  readonly body: Buffer
  readonly start: number
  readonly end: number
}

/**
 * One entry as it was read: parsed, from a record; or the place of its JSON in a snapshot, until somebody asks
 * for it. Of most of a large catalog nobody ever does.
 */
export class Row {
  readonly id: string
  readonly revision: number
  readonly state: LifecycleState
  #source: WireEntry | RowText
  #entry: ModelEntry | undefined

  private constructor(id: string, revision: number, state: LifecycleState, source: WireEntry | RowText) {
    this.id = id
    this.revision = revision
    this.state = state
    this.#source = source
  }

  /** Of an entry as a record carries it, without a revision; `decoded` where that was done already. */
  static ofWire(wire: WireEntry, revision: number, decoded?: ModelEntry): Row {
    const row = new Row(String(wire['id']), revision, wire['state'] as LifecycleState, wire)
    if (decoded !== undefined) row.#entry = atRevision(decoded, revision)
    return row
  }

  /** Of a line in a snapshot, which has the revision. */
  static ofText(head: { id: string; revision: number; state: LifecycleState }, text: RowText): Row {
    return new Row(head.id, head.revision, head.state, text)
  }

  get name(): string {
    return this.entry().name
  }

  /** One line of JSON with the revision, as a snapshot has it. */
  toText(): RowText {
    const source = this.#source
    if (isText(source)) return source
    const { revision: _revision, ...wire } = source
    const body = Buffer.from(JSON.stringify({ ...wire, revision: this.revision }))
    return { body, start: 0, end: body.length }
  }

  /** The wire form with the revision. */
  toWire(): WireEntry {
    const source = this.#source
    return isText(source) ? parseText(source) : { ...source, revision: this.revision }
  }

  /** The entry; DAMAGED where its fields are none that this version can read. */
  entry(): ModelEntry {
    this.#entry ??= this.#decode()
    return this.#entry
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

function isText(source: WireEntry | RowText): source is RowText {
  return 'body' in source && Buffer.isBuffer(source.body)
}

function parseText({ body, start, end }: RowText): WireEntry {
  return JSON.parse(body.toString('utf8', start, end))
}
