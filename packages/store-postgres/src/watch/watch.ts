import { type CommittedChange, isCatalogError, type WatchOptions } from '@catalog/types'
import { assertKept, readPage, type StoredRecord, toChanges } from '../history/history-page.ts'
import type { CatalogReading } from '../query/catalog-reading.ts'
import type { ChangeFeed, PositionListener } from './change-feed.ts'

/** How many records are read at once: so many are in memory for a slow caller. */
const PAGE_LENGTH = 100

export interface WatchParts {
  readonly reading: CatalogReading
  readonly feed: ChangeFeed
  /** The present position. */
  readonly refresh: () => Promise<number>
  /** Is told of each watch that begins, so that closing the store ends it. */
  readonly watches: Set<Watch>
}

/**
 * One watcher: it holds a position, reads what comes after it, and waits to be told of more. While the database is away it waits,
 * and goes on from its position.
 */
export class Watch implements AsyncIterableIterator<CommittedChange>, PositionListener {
  readonly #parts: WatchParts
  readonly #signal: AbortSignal | undefined
  readonly #start: Promise<number>
  readonly #changes: AsyncGenerator<CommittedChange, void, undefined>
  #reached = 0
  #isOver = false
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined

  constructor(parts: WatchParts, { since, signal }: WatchOptions) {
    this.#parts = parts
    this.#signal = signal
    this.#start = since === undefined ? parts.refresh() : Promise.resolve(since)
    // If it fails, the first `next` tells.
    this.#start.catch(() => undefined)
    this.#changes = this.#run()
    parts.watches.add(this)
  }

  next(): Promise<IteratorResult<CommittedChange, void>> {
    return this.#changes.next()
  }

  /** Wakes a `next` that waits: a generator by itself would end only after the next change. */
  return(): Promise<IteratorResult<CommittedChange, void>> {
    this.#isOver = true
    this.#wake?.()
    this.#parts.watches.delete(this)
    return this.#changes.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  reach(position: number): void {
    this.#reached = Math.max(this.#reached, position)
    this.#wake?.()
  }

  /** Ends it with an error, which comes before all that was not taken. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#wake?.()
  }

  async *#run(): AsyncGenerator<CommittedChange, void, undefined> {
    const { feed, watches, reading } = this.#parts
    const signal = this.#signal
    const onAbort = (): void => this.fail(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted === true) onAbort()
    try {
      this.#assertGoingOn()
      let position = await this.#start
      feed.follow(this)
      while (!this.#isOver) {
        this.#assertGoingOn()
        const records = await this.#readAfter(position)
        for (const record of records) {
          for (const change of toChanges(record, reading.place)) {
            this.#assertGoingOn()
            yield change
          }
          position = record.position
        }
        if (records.length === 0) await this.#waitBeyond(position)
      }
    } finally {
      signal?.removeEventListener('abort', onAbort)
      feed.leave(this)
      watches.delete(this)
    }
  }

  async #readAfter(since: number): Promise<readonly StoredRecord[]> {
    // What is reached from now on makes it read once more.
    this.#reached = 0
    try {
      const { keptAfter, records } = await readPage(this.#parts.reading, { since, limit: PAGE_LENGTH })
      assertKept(since, keptAfter)
      return records
    } catch (error) {
      this.#assertGoingOn()
      if (!isCatalogError(error, 'UNAVAILABLE')) throw error
      return []
    }
  }

  async #waitBeyond(position: number): Promise<void> {
    while (this.#reached <= position && !this.#isOver && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#assertGoingOn()
  }

  #assertGoingOn(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
