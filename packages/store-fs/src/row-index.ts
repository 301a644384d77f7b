import type { LifecycleState } from '@catalog/types'
import type { Row } from './row.ts'
import { SortedIds } from './sorted-ids.ts'

/** What rows are asked for: with a name, in a state, or all. */
export interface RowQuery {
  readonly state: LifecycleState | undefined
  readonly name: string | undefined
}

/**
 * Ids in order, of rows that come and go: all of them, those in a state, those with a name. Each index is made when it
 * is first asked for and kept up to date from then on, so that a store that only looks models up by id pays for none.
 */
export class RowIndex {
  readonly #rows: () => Iterable<Row>
  #all: SortedIds | undefined
  readonly #byState: Map<LifecycleState, SortedIds> = new Map()
  #byName: Map<string, SortedIds> | undefined

  /** @param rows all rows there are. */
  constructor(rows: () => Iterable<Row>) {
    this.#rows = rows
  }

  /** The ids behind `after` that may match: by the name where one is given, else by the state. */
  find({ state, name }: RowQuery, after: string): Iterable<string> {
    if (name !== undefined) return this.#names().get(name)?.after(after) ?? []
    if (state !== undefined) return this.#inState(state).after(after)
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
    if (this.#byName === undefined) return
    if (old !== undefined) this.#byName.get(old.name)?.delete(old.id)
    if (now !== undefined) addName(this.#byName, now)
  }

  #inState(state: LifecycleState): SortedIds {
    const present = this.#byState.get(state)
    if (present !== undefined) return present
    const ids = new SortedIds(this.#idsOf((row) => row.state === state))
    this.#byState.set(state, ids)
    return ids
  }

  #names(): Map<string, SortedIds> {
    if (this.#byName !== undefined) return this.#byName
    const names = new Map<string, SortedIds>()
    for (const row of this.#rows()) addName(names, row)
    this.#byName = names
    return names
  }

  *#idsOf(isIn: (row: Row) => boolean): Generator<string> {
    for (const row of this.#rows()) {
      if (isIn(row)) yield row.id
    }
  }
}

function addName(names: Map<string, SortedIds>, row: Row): void {
  const ids = names.get(row.name)
  if (ids === undefined) names.set(row.name, new SortedIds([row.id]))
  else ids.add(row.id)
}
