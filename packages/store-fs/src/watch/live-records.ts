import type { ReplayedRecord } from '../segment/replay.ts'

/** How many changes wait for one watcher before it has to read them from the disk instead. */
const MOST_WAITING = 1000

/**
 * The records that a store reads, in order and without a gap, for one watcher, which may be slower than they come.
 * Where it is too slow, or records were passed over, the queue ends behind what it has.
 */
export class LiveRecords {
  /** The number of the record before the first one. */
  readonly start: number
  readonly #records: ReplayedRecord[] = []
  #waitingChanges = 0
  #last: number
  #isOver = false
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined

  constructor(start: number) {
    this.start = start
    this.#last = start
  }

  /** Takes in the next record that the store has read. */
  push(replayed: ReplayedRecord): void {
    if (this.#isOver) return
    const isTooMuch = this.#waitingChanges >= MOST_WAITING
    if (isTooMuch || replayed.number !== this.#last + 1) {
      this.end()
      return
    }
    this.#last = replayed.number
    this.#waitingChanges += replayed.outcomes.length
    this.#records.push(replayed)
    this.#wake?.()
  }

  /** To be told how far the store has come: it may have gone on from a snapshot, past records it never read. */
  assertReached(head: number): void {
    if (this.#last !== head) this.end()
  }

  /** Takes nothing more in. What is there is still given. */
  end(): void {
    this.#isOver = true
    this.#wake?.()
  }

  /** Ends it with an error, which stands in front of all that was not taken. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.end()
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** The next record, as soon as there is one; undefined at the end. */
  async next(): Promise<ReplayedRecord | undefined> {
    while (this.#records.length === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.throwIfFailed()
    const next = this.#records.shift()
    this.#waitingChanges -= next?.outcomes.length ?? 0
    return next
  }
}
