import {
  type CatalogTotals,
  type CommitOutcome,
  LIFECYCLE_STATES,
  type LifecycleState,
  type ListQuery,
  type ModelEntry,
  type RevisionConflict,
  type StateCounts,
  type StoredSettings,
} from '@catalog/types'
import {
  asksOnlyForState,
  createQueryFilter,
  decodeSettings,
  decodeVerification,
  findIndexKey,
  foldModelId,
  NO_SETTINGS,
  selectEntries,
  statesOf,
  TotalsTally,
  type WireTotals,
  type WireVerification,
} from '@catalog/types/adapter'
import type { Place } from '../format/place.ts'
import {
  DECODED,
  type SettingsRow,
  type WireChange,
  type WireCommit,
  type WireSettingsChange,
} from '../format/record.ts'
import { Row } from './row.ts'
import { RowIndex, type RowQuery } from './row-index.ts'
import type { SnapshotRows } from './snapshot-rows.ts'

/**
 * What became of a commit: the new row for each change (null where removed), or what stood in its way: of a commit of
 * settings none, and the revision that they have now.
 */
export type AppliedCommit =
  | { readonly applied: true; readonly rows: readonly AppliedRow[] }
  | {
      readonly applied: false
      readonly conflicts: readonly RevisionConflict[]
      readonly settingsRevision?: number
    }

export interface AppliedRow {
  readonly id: string
  readonly revision: number
  readonly row: Row | null
}

/** What the port promises, of what the state did. */
export function toOutcome(applied: AppliedCommit): CommitOutcome {
  if (!applied.applied) return { applied: false, conflicts: applied.conflicts }
  return { applied: true, entries: applied.rows.map(({ row }): ModelEntry | null => row?.entry() ?? null) }
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
  readonly #snapshot: SnapshotRows | undefined
  /** What is not as the snapshot has it. */
  readonly #rows: Map<string, Row> = new Map()
  readonly #counts: Map<LifecycleState, number> = new Map()
  readonly #index: RowIndex = new RowIndex(() => this.#rows.values())
  readonly #tombstones: Map<string, Tombstone> = new Map()
  #settings: SettingsRow | undefined
  /** The same, once they were asked for. */
  #storedSettings: StoredSettings | undefined
  #tally: TotalsTally = new TotalsTally(0)

  /** @param snapshot what the records build on; only this state changes it from now on. */
  constructor(extra: Readonly<Record<string, unknown>> = {}, snapshot?: SnapshotRows) {
    this.extra = extra
    this.#snapshot = snapshot
  }

  /** Undefined where none were ever stored. */
  get settings(): SettingsRow | undefined {
    return this.#settings
  }

  restoreSettings(settings: SettingsRow | undefined): void {
    this.#settings = settings
    this.#storedSettings = undefined
  }

  /** As the port has them. */
  storedSettings(): StoredSettings {
    const row = this.#settings
    this.#storedSettings ??= row === undefined ? NO_SETTINGS : decodeSettings(row.content, row.revision)
    return this.#storedSettings
  }

  /** What was done up to a position, which is that of this state. */
  totals(position: number): CatalogTotals {
    return this.#tally.read(position)
  }

  /** The same as it is written; undefined where counting begins at the position. */
  wireTotals(position: number): WireTotals | undefined {
    return this.#tally.isEmptyAt(position) ? undefined : this.#tally.toWire()
  }

  /** @param start the position of this state: where nothing was counted before it, counting begins there */
  restoreTotals(totals: WireTotals | undefined, start: number): void {
    this.#tally = new TotalsTally(start, totals)
  }

  /** Puts an entry of another catalog in place. */
  restore(row: Row): void {
    this.#replace(foldModelId(row.id), row)
  }

  restoreTombstone(tombstone: Tombstone): void {
    this.#tombstones.set(foldModelId(tombstone.id), tombstone)
  }

  /** Applies all changes of the commit, which stands in a record at the place, or none. */
  apply(commit: WireCommit, place?: Place): AppliedCommit {
    const { settings, changes, verification } = commit
    if (settings !== undefined) return this.#applySettings(settings)
    if (changes.length === 0 && verification !== undefined)
      return this.#applyVerification(commit, verification)
    const conflicts = changes.flatMap((change) => this.#findConflict(change))
    if (conflicts.length > 0) return { applied: false, conflicts }
    this.#tallyUp(commit, changes.length)
    return { applied: true, rows: changes.map((change) => this.#applyChange(change, place)) }
  }

  get(id: string): Row | undefined {
    const row = this.#find(foldModelId(id))
    return row?.id === id ? row : undefined
  }

  /** The row whose id is this one in any case, and the last revision that the id has had. */
  standingAt(id: string): { readonly row: Row | undefined; readonly last: number } {
    const key = foldModelId(id)
    const row = this.#find(key)
    return { row, last: row?.revision ?? this.#tombstones.get(key)?.revision ?? 0 }
  }

  list(query: ListQuery): readonly ModelEntry[] {
    const { order = 'id', after = '' } = query
    return selectEntries(this.#candidates(query, order === 'id' ? after : ''), query)
  }

  count(query: ListQuery): number {
    if (asksOnlyForState(query)) {
      return (statesOf(query) ?? LIFECYCLE_STATES).reduce((sum, state) => sum + this.#countIn(state), 0)
    }
    const isMatch = createQueryFilter(query)
    let count = 0
    for (const entry of this.#candidates(query, '')) if (isMatch(entry)) count += 1
    return count
  }

  /** All rows in order, as they are now: later changes do not show, however late a row is taken. */
  rows(): Iterable<Row> {
    const changed = [...this.#listChanged(EVERYTHING, '')]
    return this.#snapshot === undefined ? changed : mergeRows(this.#snapshot.rows(), changed)
  }

  counts(): StateCounts {
    const counts = LIFECYCLE_STATES.map((state) => [state, this.#countIn(state)])
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
    return this.#rows.size + (this.#snapshot?.size ?? 0)
  }

  #applySettings({ if: expected, content }: WireSettingsChange): AppliedCommit {
    const revision = this.#settings?.revision ?? 0
    if (revision !== expected) return { applied: false, conflicts: [], settingsRevision: revision }
    this.restoreSettings({ revision: revision + 1, content })
    return { applied: true, rows: [] }
  }

  /** Changes nothing of the entry, which has to be there. */
  #applyVerification(commit: WireCommit, { id }: WireVerification): AppliedCommit {
    const row = this.get(id)
    if (row === undefined) return { applied: false, conflicts: [] }
    this.#tallyUp(commit, 1)
    return { applied: true, rows: [{ id, revision: row.revision, row }] }
  }

  #tallyUp({ operation, verification }: WireCommit, changes: number): void {
    this.#tally.add(operation, changes, verification && decodeVerification(verification))
  }

  #find(key: string): Row | undefined {
    return this.#rows.get(key) ?? this.#snapshot?.find(key)
  }

  #findConflict({ id, if: expectedRevision }: WireChange): RevisionConflict[] {
    const row = this.#find(foldModelId(id))
    const foundRevision = row?.revision ?? 0
    if (foundRevision === expectedRevision && (row === undefined || row.id === id)) return []
    const foundId = row?.id ?? id
    return [{ id: id as RevisionConflict['id'], expectedRevision, foundRevision, foundId }]
  }

  #applyChange({ id, entry, [DECODED]: decoded }: WireChange, place: Place | undefined): AppliedRow {
    const key = foldModelId(id)
    const revision = this.standingAt(id).last + 1
    if (entry === null) {
      this.#replace(key, undefined)
      this.#tombstones.set(key, { id, revision })
      return { id, revision, row: null }
    }
    const row = Row.ofWire(entry, revision, decoded, place)
    this.#tombstones.delete(key)
    this.#replace(key, row)
    return { id, revision, row }
  }

  #replace(key: string, now: Row | undefined): void {
    const before = this.#rows.get(key)
    if (before === undefined) this.#snapshot?.take(key)
    if (now === undefined) this.#rows.delete(key)
    else this.#rows.set(key, now)
    this.#index.replace(before, now)
    if (before !== undefined) this.#count(before.state, -1)
    if (now !== undefined) this.#count(now.state, 1)
  }

  /** In order by id, those that may match. */
  *#candidates(query: ListQuery, after: string): Generator<ModelEntry> {
    const states = statesOf(query)
    for (const row of this.#listBehind({ states, key: findIndexKey(query) }, after)) {
      // Known without parsing the entry.
      if (states === undefined || states.includes(row.state)) yield row.entry()
    }
  }

  #listBehind(query: RowQuery, after: string): Iterable<Row> {
    const changed = this.#listChanged(query, after)
    return this.#snapshot === undefined ? changed : mergeRows(this.#snapshot.list(query, after), changed)
  }

  *#listChanged(query: RowQuery, after: string): Generator<Row> {
    for (const id of this.#index.find(query, after)) {
      const row = this.#rows.get(foldModelId(id))
      if (row !== undefined) yield row
    }
  }

  #countIn(state: LifecycleState): number {
    return (this.#counts.get(state) ?? 0) + (this.#snapshot?.count(state) ?? 0)
  }

  #count(state: LifecycleState, by: number): void {
    this.#counts.set(state, (this.#counts.get(state) ?? 0) + by)
  }
}

const EVERYTHING: RowQuery = { states: undefined, key: undefined }

/** The rows of two lists in order, none of which is in both, as one. */
function* mergeRows(first: Iterable<Row>, second: Iterable<Row>): Generator<Row> {
  const others = second[Symbol.iterator]()
  let other = others.next()
  for (const row of first) {
    for (; !other.done && other.value.id < row.id; other = others.next()) yield other.value
    yield row
  }
  for (; !other.done; other = others.next()) yield other.value
}
