import { LIFECYCLE_STATES, type LifecycleState, type StateCounts } from '@catalog/types'
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
  #byName: HashChains | undefined

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

  /** The rows behind `after` that may match, in order: by the name where one is given, else by the state. */
  *list({ state, name }: RowQuery, after: string): Generator<Row> {
    const first = this.#findBehind(after)
    const lines = name !== undefined ? this.#linesNamed(name, first) : this.#linesFrom(first, state)
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

  *#linesFrom(first: number, state: LifecycleState | undefined): Generator<number> {
    if (state === undefined) {
      for (let line = first; line < this.#count; line += 1) yield line
      return
    }
    this.#byState ??= this.#groupByState()
    const lines = this.#byState.get(state) ?? NO_LINES
    for (let place = findPlace(lines, first); place < lines.length; place += 1) yield lines[place] ?? 0
  }

  *#linesNamed(name: string, first: number): Generator<number> {
    this.#byName ??= new HashChains(this.#count, (line) => hashText(this.#lines.nameAt(line)))
    for (let line = this.#byName.first(hashText(name)); line >= 0; line = this.#byName.after(line)) {
      if (line >= first && this.#lines.nameAt(line) === name) yield line
    }
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

const NO_LINES: Uint32Array = new Uint32Array()

/** The first place of a line that is not in front of the given one. */
function findPlace(lines: Uint32Array, line: number): number {
  let low = 0
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((lines[middle] ?? 0) < line) low = middle + 1
    else high = middle
  }
  return low
}
