import { LIFECYCLE_STATES, type LifecycleState } from '@catalog/types'
import type { WireEntry } from '@catalog/types/adapter'
import { BACKSLASH, LINE_FEED, QUOTATION_MARK } from '../format/characters.ts'
import { isObject, parseJson } from '../format/json.ts'
import { MAX_LINE_BYTES } from '../format/limits.ts'
import { createDamagedAt, type Place } from '../format/place.ts'
import { FOLDED, hashBytes } from './hash-chains.ts'
import { BEFORE_ID, findEntryLineProblem } from './snapshot-line-form.ts'

const BEFORE_STATE = '"state":"'

/** What the lines are of: the body of a file, which begins at an offset, and how many lines of each kind it has. */
export interface SnapshotBody {
  readonly path: string
  readonly offset: number
  readonly bytes: Buffer
  readonly entries: number
  readonly removed: number
}

/**
 * The lines of a snapshot's body, read where they stand: `formatSnapshot` puts `id` first, `revision` last, and no
 * unescaped quotation mark stands inside a string. Parsing every line instead takes five times as long and as much
 * memory.
 */
export class SnapshotLines {
  readonly #body: Buffer
  /** Where each line starts, and where the last one ends. */
  readonly #starts: Uint32Array | Float64Array
  readonly #path: string
  readonly #offset: number

  private constructor({ bytes, path, offset }: SnapshotBody, starts: Uint32Array | Float64Array) {
    this.#body = bytes
    this.#starts = starts
    this.#path = path
    this.#offset = offset
  }

  /** DAMAGED where there are not as many as there should be, or one of an entry has not the form that is relied on. */
  static find(body: SnapshotBody): SnapshotLines {
    return new SnapshotLines(body, findStarts(body))
  }

  /** Where the line stands, without its line feed. */
  placeOf(line: number): { readonly body: Buffer; readonly start: number; readonly end: number } {
    return { body: this.#body, start: this.#startOf(line), end: this.#endOf(line) }
  }

  /** Where in its file the line stands. */
  filePlaceOf(line: number): Place {
    const start = this.#startOf(line)
    return { path: this.#path, offset: this.#offset + start, length: this.#endOf(line) - start }
  }

  /** The object in the line; DAMAGED if there is none. */
  wireAt(line: number): WireEntry {
    const text = this.#body.subarray(this.#startOf(line), this.#endOf(line))
    if (text.length > MAX_LINE_BYTES) throw this.#damaged(line, `it is longer than ${MAX_LINE_BYTES} bytes`)
    const wire = this.#parse(line, () => parseJson(text))
    if (isObject(wire)) return wire
    throw this.#damaged(line, 'it is not an object')
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
    const place = this.#body.indexOf(BEFORE_STATE, this.#startOf(line) + BEFORE_ID.length)
    const start = place + BEFORE_STATE.length
    const letter = this.#body[start]
    const state = LIFECYCLE_STATES.find((name) => name.charCodeAt(0) === letter)
    const isThere = place >= 0 && start < this.#endOf(line) && state !== undefined
    if (isThere && this.#body[start + state.length] === QUOTATION_MARK) return state
    throw this.#damaged(line, 'it has no state that this version knows')
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
    const end = findQuotationMark(text, start + 1) + 1
    return this.#parse(line, () => JSON.parse(text.toString('utf8', start, end)))
  }

  #parse<T>(line: number, parse: () => T): T {
    try {
      return parse()
    } catch (cause) {
      throw this.#damaged(line, String(cause), { cause })
    }
  }

  #damaged(line: number, problem: string, options?: { cause: unknown }): Error {
    return createBadLine(this.filePlaceOf(line), line, problem, options)
  }

  #startOf(line: number): number {
    return this.#starts[line] ?? this.#body.length
  }

  #endOf(line: number): number {
    return this.#startOf(line + 1) - 1
  }
}

/** Looks at each line as soon as it is found: its bytes are in the processor's cache then. */
function findStarts(body: SnapshotBody): Uint32Array | Float64Array {
  const { bytes, entries } = body
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const count = entries + body.removed
  // Each of them has a line feed at least: no memory is taken for lines that cannot be there.
  if (count > bytes.length) throw createTooFew(body, count)
  const starts = bytes.length > 0xffff_ffff ? new Float64Array(count + 1) : new Uint32Array(count + 1)
  let before = -1
  let start = 0
  for (let line = 0; line < count; line += 1) {
    const end = bytes.indexOf(LINE_FEED, start)
    if (end < 0) throw createTooFew(body, count)
    const problem = line < entries ? findEntryLineProblem(view, start, end, before) : undefined
    if (problem !== undefined) throw createBadLine(placeIn(body, start, end), line, problem)
    before = start
    start = end + 1
    starts[line + 1] = start
  }
  return starts
}

function placeIn({ path, offset }: SnapshotBody, start: number, end: number): Place {
  return { path, offset: offset + start, length: end - start }
}

function createTooFew(body: SnapshotBody, count: number): Error {
  const place = placeIn(body, 0, body.bytes.length)
  return createDamagedAt(place, `there are fewer lines after the first than the ${count} that it says`)
}

function createBadLine(place: Place, line: number, problem: string, options?: { cause: unknown }): Error {
  return createDamagedAt(place, `line ${line + 2} is not what is expected there: ${problem}`, options)
}

/** The place of the quotation mark that ends the string. */
function findQuotationMark(body: Buffer, start: number): number {
  let place = start
  while (place < body.length && body[place] !== QUOTATION_MARK) place += body[place] === BACKSLASH ? 2 : 1
  return place
}
