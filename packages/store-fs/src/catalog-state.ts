import {
  foldModelId,
  LIFECYCLE_STATES,
  type LifecycleState,
  type ListQuery,
  type RevisionConflict,
  type StateCounts,
} from '@catalog/types'
import { DECODED, type WireChange, type WireCommit } from './record.ts'
import { Row } from './row.ts'
import { RowIndex } from './row-index.ts'

/** What became of a commit: the new row for each change (null where removed), or what stood in its way. */
export type AppliedCommit =
  | { readonly applied: true; readonly rows: readonly AppliedRow[] }
  | { readonly applied: false; readonly conflicts: readonly RevisionConflict[] }

export interface AppliedRow {
  readonly id: string
  readonly revision: number
  readonly row: Row | null
}

/** An id that is no longer in the catalog and the revision of its removal. */
export interface Tombstone {
  readonly id: string
  readonly revision: number
}

/**
 * The catalog as the journal's records make it. A pure function of the records and their order, so that every
 * reader of one file holds the same state. Keyed by the folded id: ids that differ only in case are one key.
 */
export class CatalogState {
  /** Fields beside `models` of an adopted catalog.json; they stay in the view. */
  readonly extra: Readonly<Record<string, unknown>>
  readonly #rows: Map<string, Row> = new Map()
  readonly #tombstones: Map<string, Tombstone> = new Map()
  readonly #counts: Map<LifecycleState, number> = new Map()
  readonly #index: RowIndex = new RowIndex(() => this.#rows.values())

  constructor(extra: Readonly<Record<string, unknown>> = {}) {
    this.extra = extra
  }

  /** Puts an entry of a snapshot in place. */
  restore(row: Row): void {
    this.#put(foldModelId(row.id), row)
  }

  restoreTombstone(tombstone: Tombstone): void {
    this.#tombstones.set(foldModelId(tombstone.id), tombstone)
  }

  /** Applies all changes of the commit, or none. */
  apply(commit: WireCommit): AppliedCommit {
    const conflicts = commit.changes.flatMap((change) => this.#findConflict(change))
    if (conflicts.length > 0) return { applied: false, conflicts }
    return { applied: true, rows: commit.changes.map((change) => this.#applyChange(change)) }
  }

  get(id: string): Row | undefined {
    const row = this.#rows.get(foldModelId(id))
    return row?.id === id ? row : undefined
  }

  list(query: ListQuery): Row[] {
    const { state, name, after = '', limit = Number.POSITIVE_INFINITY } = query
    const found: Row[] = []
    for (const id of this.#index.find({ state, name }, after)) {
      if (found.length >= limit) break
      const row = this.get(id)
      if (row === undefined) continue
      if (state !== undefined && row.state !== state) continue
      found.push(row)
    }
    return found
  }

  counts(): StateCounts {
    const counts = LIFECYCLE_STATES.map((state) => [state, this.#counts.get(state) ?? 0])
    return Object.fromEntries(counts) as StateCounts
  }

  tombstones(): Iterable<Tombstone> {
    return this.#tombstones.values()
  }

  /** How many tombstones there are. */
  get removed(): number {
    return this.#tombstones.size
  }

  get size(): number {
    return this.#rows.size
  }

  #findConflict({ id, if: expectedRevision }: WireChange): RevisionConflict[] {
    const row = this.#rows.get(foldModelId(id))
    const foundRevision = row?.revision ?? 0
    if (foundRevision === expectedRevision && (row === undefined || row.id === id)) return []
    const foundId = row?.id ?? id
    return [{ id: id as RevisionConflict['id'], expectedRevision, foundRevision, foundId }]
  }

  #applyChange({ id, entry, [DECODED]: decoded }: WireChange): AppliedRow {
    const key = foldModelId(id)
    const present = this.#rows.get(key)
    const revision = (present?.revision ?? this.#tombstones.get(key)?.revision ?? 0) + 1
    if (entry === null) {
      this.#delete(key)
      this.#tombstones.set(key, { id, revision })
      return { id, revision, row: null }
    }
    const row = Row.ofWire(entry, revision, decoded)
    this.#tombstones.delete(key)
    this.#put(key, row)
    return { id, revision, row }
  }

  #put(key: string, row: Row): void {
    const present = this.#rows.get(key)
    this.#rows.set(key, row)
    this.#index.replace(present, row)
    if (present !== undefined) this.#count(present.state, -1)
    this.#count(row.state, 1)
  }

  #delete(key: string): void {
    const present = this.#rows.get(key)
    if (present === undefined) return
    this.#rows.delete(key)
    this.#index.replace(present, undefined)
    this.#count(present.state, -1)
  }

  #count(state: LifecycleState, by: number): void {
    this.#counts.set(state, (this.#counts.get(state) ?? 0) + by)
  }
}
