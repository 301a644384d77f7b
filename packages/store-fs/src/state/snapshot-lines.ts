import { LIFECYCLE_STATES, type LifecycleState } from '@catalog/types'
import { BACKSLASH, LINE_FEED, QUOTATION_MARK } from '../format/characters.ts'
import { FOLDED, hashBytes } from './hash-chains.ts'

const BEFORE_ID = '{"id":"'
const BEFORE_STATE = '"state":"'

/**
 * The lines of a snapshot's body, read where they stand: `formatSnapshot` puts `id` first, `revision` last, and no
 * unescaped quotation mark stands inside a string. Parsing every line instead takes five times as long and as much
 * memory.
 */
export class SnapshotLines {
  readonly #body: Buffer
  /** Where each line starts, and where the last one ends. */
  readonly #starts: Uint32Array | Float64Array

  private constructor(body: Buffer, starts: Uint32Array | Float64Array) {
    this.#body = body
    this.#starts = starts
  }

  /** The first `count` lines of a body; undefined where it has not so many. */
  static find(body: Buffer, count: number): SnapshotLines | undefined {
    const starts = body.length > 0xffff_ffff ? new Float64Array(count + 1) : new Uint32Array(count + 1)
    let start = 0
    for (let line = 1; line <= count; line += 1) {
      const end = body.indexOf(LINE_FEED, start)
      if (end < 0) return undefined
      start = end + 1
      starts[line] = start
    }
    return new SnapshotLines(body, starts)
  }

  /** Where the line stands, without its line feed. */
  placeOf(line: number): { readonly body: Buffer; readonly start: number; readonly end: number } {
    return { body: this.#body, start: this.#startOf(line), end: this.#endOf(line) }
  }

  textAt(line: number): string {
    return this.#body.toString('utf8', this.#startOf(line), this.#endOf(line))
  }

  idAt(line: number): string {
    const start = this.#startOf(line) + BEFORE_ID.length
    return this.#body.toString('latin1', start, findQuotationMark(this.#body, start))
  }

  hashIdAt(line: number): number {
    const start = this.#startOf(line) + BEFORE_ID.length
    return hashBytes(this.#body, start, findQuotationMark(this.#body, start))
  }

  /** Whether the id, folded, is this folded id. */
  hasIdAt(line: number, key: string): boolean {
    const start = this.#startOf(line) + BEFORE_ID.length
    for (let index = 0; index < key.length; index += 1) {
      if (FOLDED[this.#body[start + index] ?? 0] !== key.charCodeAt(index)) return false
    }
    return this.#body[start + key.length] === QUOTATION_MARK
  }

  /** The states differ in their first letter; the same string for all lines. */
  stateAt(line: number): LifecycleState {
    const start = this.#startOf(line) + BEFORE_ID.length
    const letter = this.#body[this.#body.indexOf(BEFORE_STATE, start) + BEFORE_STATE.length]
    const state = LIFECYCLE_STATES.find((name) => name.charCodeAt(0) === letter)
    if (state === undefined) throw new TypeError('a snapshot has an entry without a state')
    return state
  }

  revisionAt(line: number): number {
    const end = this.#endOf(line)
    const start = this.#body.lastIndexOf(':', end) + 1
    return Number(this.#body.toString('latin1', start, end - 1))
  }

  /**
   * What the first field of this name holds in the line, if a text. That is the entry's own where it has one: what it
   * holds of files, evidence and unknown fields comes later.
   */
  fieldAt(line: number, field: string): string | undefined {
    const text = this.#body.subarray(this.#startOf(line), this.#endOf(line))
    const before = `"${field}":"`
    const place = text.indexOf(before, 0, 'latin1')
    if (place < 0) return undefined
    const start = place + before.length - 1
    return JSON.parse(text.toString('utf8', start, findQuotationMark(text, start + 1) + 1))
  }

  #startOf(line: number): number {
    return this.#starts[line] ?? this.#body.length
  }

  #endOf(line: number): number {
    return this.#startOf(line + 1) - 1
  }
}

/** The place of the quotation mark that ends the string. */
function findQuotationMark(body: Buffer, start: number): number {
  let place = start
  while (place < body.length && body[place] !== QUOTATION_MARK) place += body[place] === BACKSLASH ? 2 : 1
  return place
}
