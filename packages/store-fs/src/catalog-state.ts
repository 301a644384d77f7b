import {
  foldModelId,
  LIFECYCLE_STATES,
  type LifecycleState,
  type ListQuery,
  type RevisionConflict,
  type StateCounts,
  type WireEntry,
} from '@catalog/types'
import type { WireChange, WireCommit } from './record.ts'
import { Row } from './row.ts'

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
  readonly #rows = new Map<string, Row>()
  readonly #tombstones = new Map<string, Tombstone>()
  readonly #counts = new Map<LifecycleState, number>()
  #sortedKeys: readonly string[] | undefined

  constructor(extra: Readonly<Record<string, unknown>> = {}) {
    this.extra = extra
  }

  /** Puts an entry of a snapshot in place. */
  restore(wire: WireEntry, revision: number): void {
    const row = new Row(wire, revision)
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
    for (const row of this.sorted()) {
      if (found.length >= limit) break
      if (row.id <= after) continue
      if (state !== undefined && row.state !== state) continue
      if (name !== undefined && row.name !== name) continue
      found.push(row)
    }
    return found
  }

  counts(): StateCounts {
    const counts = LIFECYCLE_STATES.map((state) => [state, this.#counts.get(state) ?? 0])
    return Object.fromEntries(counts) as StateCounts
  }

  /** Every row, by id. */
  *sorted(): Generator<Row> {
    this.#sortedKeys ??= this.#sortKeys()
    for (const key of this.#sortedKeys) {
      const row = this.#rows.get(key)
      if (row !== undefined) yield row
    }
  }

  tombstones(): Iterable<Tombstone> {
    return this.#tombstones.values()
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

  #applyChange({ id, entry }: WireChange): AppliedRow {
    const key = foldModelId(id)
    const present = this.#rows.get(key)
    const revision = (present?.revision ?? this.#tombstones.get(key)?.revision ?? 0) + 1
    if (entry === null) {
      this.#delete(key)
      this.#tombstones.set(key, { id, revision })
      return { id, revision, row: null }
    }
    const row = new Row(entry, revision)
    this.#tombstones.delete(key)
    this.#put(key, row)
    return { id, revision, row }
  }

  #put(key: string, row: Row): void {
    const present = this.#rows.get(key)
    this.#rows.set(key, row)
    if (present === undefined) this.#sortedKeys = undefined
    else this.#count(present.state, -1)
    this.#count(row.state, 1)
  }

  #delete(key: string): void {
    const present = this.#rows.get(key)
    if (present === undefined) return
    this.#rows.delete(key)
    this.#sortedKeys = undefined
    this.#count(present.state, -1)
  }

  #count(state: LifecycleState, by: number): void {
    this.#counts.set(state, (this.#counts.get(state) ?? 0) + by)
  }

  /** By id and not by key, which would put `B` behind `a`. */
  #sortKeys(): string[] {
    const rows = [...this.#rows.values()]
    rows.sort((a, b) => (a.id < b.id ? -1 : 1))
    return rows.map((row) => foldModelId(row.id))
  }
}
