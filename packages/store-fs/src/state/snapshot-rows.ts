import { LIFECYCLE_STATES, type LifecycleState, type StateCounts } from '@catalog/types'
import { type IndexedField, type IndexKey, toIndexKey } from '@catalog/types/adapter'
import { HashChains, hashText } from './hash-chains.ts'
import { Recent } from './recent.ts'
import { Row } from './row.ts'
import type { RowQuery } from './row-index.ts'
import type { SnapshotLines } from './snapshot-lines.ts'

/** So many rows at least are kept as they were read, with what was parsed of them. */
const MOST_RECENT = 8192

/**
 * The rows of a snapshot that no record has changed since. Nothing is kept of them but their bytes and, in some
 * twenty bytes for each, where to find them; a row is made when it is asked for.
 */
export class SnapshotRows {
  readonly #lines: SnapshotLines
  readonly #count: number
  readonly #byId: HashChains
  readonly #recent: Recent<number, Row> = new Recent(MOST_RECENT)
  /** By line: 1 where the row was taken out. Made for the first that is. */
  #taken: Uint8Array | undefined
  #takenCount = 0
  #counts: Record<LifecycleState, number> | undefined
  #byState: ReadonlyMap<LifecycleState, Uint32Array> | undefined
  readonly #byKey: Map<IndexedField, HashChains> = new Map()

  /**
   * @param count how many of the lines are entries, ordered by id: the first ones.
   * @param counts how many of them are in each state, where that is known.
   */
  constructor(lines: SnapshotLines, count: number, counts: StateCounts | undefined) {
    this.#lines = lines
    this.#count = count
    this.#counts = counts === undefined ? undefined : { ...counts }
    this.#byId = new HashChains(count, (line) => lines.hashIdAt(line))
  }

  get size(): number {
    return this.#count - this.#takenCount
  }

  /** The row with this folded id. */
  find(key: string): Row | undefined {
    const line = this.#findLine(key)
    return line < 0 ? undefined : this.#rowAt(line)
  }

  /** Takes the row with this folded id out, if there is one: from now on a record says what it is. */
  take(key: string): void {
    const line = this.#findLine(key)
    if (line < 0) return
    this.#taken ??= new Uint8Array(this.#count)
    this.#taken[line] = 1
    this.#takenCount += 1
    if (this.#counts !== undefined) this.#counts[this.#lines.stateAt(line)] -= 1
  }

  count(state: LifecycleState): number {
    this.#counts ??= this.#countStates()
    return this.#counts[state]
  }

  /** The rows behind `after` that may match, in order: by the key where one is given, else by the states. */
  *list({ states, key }: RowQuery, after: string): Generator<Row> {
    const first = this.#findBehind(after)
    const lines = key !== undefined ? this.#linesWith(key, first) : this.#linesFrom(first, states)
    for (const line of lines) {
      if (this.#taken?.[line] !== 1) yield this.#rowAt(line)
    }
  }

  /** All rows in order, as they are now: what is taken out later is still among them. */
  rows(): Iterable<Row> {
    return this.#rowsExcept(this.#taken?.slice())
  }

  *#rowsExcept(taken: Uint8Array | undefined): Generator<Row> {
    for (let line = 0; line < this.#count; line += 1) {
      if (taken?.[line] !== 1) yield Row.ofLine(this.#lines, line)
    }
  }

  #findLine(key: string): number {
    let line = this.#byId.first(hashText(key))
    while (line >= 0 && !this.#lines.hasIdAt(line, key)) line = this.#byId.after(line)
    return line >= 0 && this.#taken?.[line] === 1 ? -1 : line
  }

  #rowAt(line: number): Row {
    const recent = this.#recent.get(line)
    if (recent !== undefined) return recent
    const row = Row.ofLine(this.#lines, line)
    this.#recent.set(line, row)
    return row
  }

  /** The first line whose id is behind the given one. */
  #findBehind(id: string): number {
    let low = 0
    let high = id === '' ? 0 : this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#lines.idAt(middle) <= id) low = middle + 1
      else high = middle
    }
    return low
  }

  *#linesFrom(first: number, states: readonly LifecycleState[] | undefined): Generator<number> {
    if (states?.length !== 1) {
      for (let line = first; line < this.#count; line += 1) yield line
      return
    }
    this.#byState ??= this.#groupByState()
    const [state] = states
    const lines = (state && this.#byState.get(state)) ?? NO_LINES
    for (let place = findLinePlace(lines, first); place < lines.length; place += 1) yield lines[place] ?? 0
  }

  *#linesWith({ field, key }: IndexKey, first: number): Generator<number> {
    const chains = this.#chainsOf(field)
    for (let line = chains.first(hashText(key)); line >= 0; line = chains.after(line)) {
      if (line >= first && this.#keyAt(line, field) === key) yield line
    }
  }

  #chainsOf(field: IndexedField): HashChains {
    const present = this.#byKey.get(field)
    if (present !== undefined) return present
    const chains = new HashChains(this.#count, (line) => {
      const key = this.#keyAt(line, field)
      // Those without the field are nowhere, so they go anywhere: in one chain they would be a long way.
      return key === undefined ? Math.imul(line, SPREAD) : hashText(key)
    })
    this.#byKey.set(field, chains)
    return chains
  }

  #keyAt(line: number, field: IndexedField): string | undefined {
    const value = this.#lines.fieldAt(line, field)
    return value === undefined ? undefined : toIndexKey(field, value)
  }

  #countStates(): Record<LifecycleState, number> {
    const counts = Object.fromEntries(LIFECYCLE_STATES.map((state) => [state, 0])) as Record<
      LifecycleState,
      number
    >
    for (let line = 0; line < this.#count; line += 1) {
      if (this.#taken?.[line] !== 1) counts[this.#lines.stateAt(line)] += 1
    }
    return counts
  }

  #groupByState(): ReadonlyMap<LifecycleState, Uint32Array> {
    const groups = new Map<LifecycleState, number[]>(LIFECYCLE_STATES.map((state) => [state, []]))
    for (let line = 0; line < this.#count; line += 1) groups.get(this.#lines.stateAt(line))?.push(line)
    return new Map([...groups].map(([state, lines]) => [state, Uint32Array.from(lines)]))
  }
}

const SPREAD = 0x9e3779b1
const NO_LINES: Uint32Array = new Uint32Array()

/** The first place of a line that is not in front of the given one. */
function findLinePlace(lines: Uint32Array, line: number): number {
  let low = 0
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((lines[middle] ?? 0) < line) low = middle + 1
    else high = middle
  }
  return low
}
