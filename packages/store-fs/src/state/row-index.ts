import type { LifecycleState } from '@catalog/types'
import { type IndexedField, type IndexKey, toIndexKey } from '@catalog/types/adapter'
import type { Row } from './row.ts'
import { SortedIds } from './sorted-ids.ts'

/** What rows are asked for: with a value in a field, in some states, or all. */
export interface RowQuery {
  readonly states: readonly LifecycleState[] | undefined
  readonly key: IndexKey | undefined
}

/**
 * Ids in order, of rows that come and go: all of them, those in a state, those with a value in a field. Each index is
 * made when it is first asked for and kept up to date from then on, so that a store that only looks models up by id
 * pays for none.
 */
export class RowIndex {
  readonly #rows: () => Iterable<Row>
  #all: SortedIds | undefined
  readonly #byState: Map<LifecycleState, SortedIds> = new Map()
  readonly #byKey: Map<IndexedField, Map<string, SortedIds>> = new Map()

  /** @param rows all rows there are. */
  constructor(rows: () => Iterable<Row>) {
    this.#rows = rows
  }

  /** The ids behind `after` that may match: by the key where one is given, else by the state if it is one. */
  find({ states, key }: RowQuery, after: string): Iterable<string> {
    if (key !== undefined) return this.#keysOf(key.field).get(key.key)?.after(after) ?? []
    const [state] = states ?? []
    if (state !== undefined && states?.length === 1) return this.#inState(state).after(after)
    this.#all ??= new SortedIds(this.#idsOf(() => true))
    return this.#all.after(after)
  }

  /** To be told of every row that takes the place of another, comes (no old one) or goes (no new one). */
  replace(old: Row | undefined, now: Row | undefined): void {
    if (old?.id !== now?.id) {
      if (old !== undefined) this.#all?.delete(old.id)
      if (now !== undefined) this.#all?.add(now.id)
    }
    if (old?.id !== now?.id || old?.state !== now?.state) {
      if (old !== undefined) this.#byState.get(old.state)?.delete(old.id)
      if (now !== undefined) this.#byState.get(now.state)?.add(now.id)
    }
    for (const [field, keys] of this.#byKey) {
      if (old !== undefined) removeKey(keys, field, old)
      if (now !== undefined) addKey(keys, field, now)
    }
  }

  #inState(state: LifecycleState): SortedIds {
    const present = this.#byState.get(state)
    if (present !== undefined) return present
    const ids = new SortedIds(this.#idsOf((row) => row.state === state))
    this.#byState.set(state, ids)
    return ids
  }

  #keysOf(field: IndexedField): Map<string, SortedIds> {
    const present = this.#byKey.get(field)
    if (present !== undefined) return present
    const keys = new Map<string, SortedIds>()
    for (const row of this.#rows()) addKey(keys, field, row)
    this.#byKey.set(field, keys)
    return keys
  }

  *#idsOf(isIn: (row: Row) => boolean): Generator<string> {
    for (const row of this.#rows()) {
      if (isIn(row)) yield row.id
    }
  }
}

function addKey(keys: Map<string, SortedIds>, field: IndexedField, row: Row): void {
  const key = keyOf(row, field)
  if (key === undefined) return
  const ids = keys.get(key)
  if (ids === undefined) keys.set(key, new SortedIds([row.id]))
  else ids.add(row.id)
}

function removeKey(keys: Map<string, SortedIds>, field: IndexedField, row: Row): void {
  const key = keyOf(row, field)
  const ids = key === undefined ? undefined : keys.get(key)
  ids?.delete(row.id)
  if (key !== undefined && ids?.isEmpty === true) keys.delete(key)
}

function keyOf(row: Row, field: IndexedField): string | undefined {
  const value = row.fieldValue(field)
  return value === undefined ? undefined : toIndexKey(field, value)
}
