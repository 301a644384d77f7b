/** A shorter run is nothing special: models have many. */
const MIN_RUN_BYTES = 4096

/** A stretch of zeros in a file. */
export interface ZeroRun {
  readonly offset: number
  readonly lengthBytes: number
}

/**
 * Finds the longest run of zeros of 4 KiB or more in bytes that come in pieces. Of other bytes it looks at one in
 * 4,096, because a run of that length cannot lie between two of them.
 */
export class ZeroRuns {
  #runStart: number
  #offset: number
  #longest: ZeroRun | undefined

  /** The offset in the file of the first byte that will come. */
  constructor(offset: number) {
    this.#offset = offset
    this.#runStart = offset
  }

  add(bytes: Uint8Array): void {
    const first = findNonZero(bytes, 0)
    if (first < bytes.length) {
      this.#keep(this.#runStart, this.#offset + first)
      this.#runStart = this.#offset + this.#scan(bytes, first + 1)
    }
    this.#offset += bytes.length
  }

  /** The longest run so far, also one that is not at its end yet. */
  longest(): ZeroRun | undefined {
    return longer(this.#longest, this.ending())
  }

  /** The run that the last byte so far belongs to. */
  ending(): ZeroRun | undefined {
    return toRun(this.#runStart, this.#offset)
  }

  /** Looks through what follows a byte that is not zero; gives where the run begins that reaches the end. */
  #scan(bytes: Uint8Array, from: number): number {
    let start = from
    while (start + MIN_RUN_BYTES <= bytes.length) {
      const lastNonZero = findLastNonZero(bytes, start, start + MIN_RUN_BYTES)
      if (lastNonZero >= start) {
        start = lastNonZero + 1
        continue
      }
      const end = findNonZero(bytes, start + MIN_RUN_BYTES)
      if (end === bytes.length) return start
      this.#keep(this.#offset + start, this.#offset + end)
      start = end + 1
    }
    return findLastNonZero(bytes, start, bytes.length) + 1
  }

  #keep(start: number, end: number): void {
    this.#longest = longer(this.#longest, toRun(start, end))
  }
}

function toRun(start: number, end: number): ZeroRun | undefined {
  return end - start < MIN_RUN_BYTES ? undefined : { offset: start, lengthBytes: end - start }
}

function longer(first: ZeroRun | undefined, second: ZeroRun | undefined): ZeroRun | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return second.lengthBytes > first.lengthBytes ? second : first
}

function findNonZero(bytes: Uint8Array, from: number): number {
  let index = from
  while (index < bytes.length && bytes[index] === 0) index += 1
  return index
}

/** The last byte in the range that is not zero, or the one before the range. */
function findLastNonZero(bytes: Uint8Array, from: number, to: number): number {
  let index = to - 1
  while (index >= from && bytes[index] === 0) index -= 1
  return index
}
