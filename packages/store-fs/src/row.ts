import {
  CatalogError,
  decodeEntry,
  isCatalogError,
  type LifecycleState,
  type ModelEntry,
  type WireEntry,
} from '@catalog/types'

/** One entry as it was read: its wire form, and the decoded entry once somebody has asked for it. */
export class Row {
  readonly id: string
  readonly revision: number
  /** Without the revision, as the record carried it. */
  readonly #wire: WireEntry
  #entry: ModelEntry | undefined

  constructor(wire: WireEntry, revision: number) {
    this.id = String(wire['id'])
    this.revision = revision
    this.#wire = wire
  }

  get name(): unknown {
    return this.#wire['name']
  }

  get state(): LifecycleState {
    return this.#wire['state'] as LifecycleState
  }

  /** The wire form with the revision, as snapshots and the view have it. */
  toWire(): WireEntry {
    return { ...this.#wire, revision: this.revision }
  }

  /** The entry; DAMAGED where its fields are none that this version can read. */
  entry(): ModelEntry {
    this.#entry ??= this.#decode()
    return this.#entry
  }

  #decode(): ModelEntry {
    try {
      return decodeEntry(this.#wire, this.revision)
    } catch (error) {
      if (!isCatalogError(error, 'INVALID_INPUT')) throw error
      const problem = `entry ${JSON.stringify(this.id)} cannot be read: ${error.message}`
      throw new CatalogError('DAMAGED', problem, { path: this.id, problem }, { cause: error })
    }
  }
}
