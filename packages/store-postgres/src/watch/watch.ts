import { type CommittedChange, isCatalogError, type WatchOptions } from '@catalog/types'
import { assertKept, readPage, type StoredRecord, toChanges } from '../history/history-page.ts'
import { createLost, findSeen, isContinuedBy, type SeenHistory } from '../history/seen-history.ts'
import type { CatalogReading } from '../query/catalog-reading.ts'
import type { ChangeFeed, HeadListener } from './change-feed.ts'

/** How many records are read at once: so many are in memory for a slow caller. */
const PAGE_LENGTH = 100

export interface WatchParts {
  readonly reading: CatalogReading
  readonly feed: ChangeFeed
  /** Where the history ends now. */
  readonly begin: () => Promise<SeenHistory>
  /** Is told of each watch that begins, so that closing the store ends it. */
  readonly watches: Set<Watch>
}

/**
 * One watcher: it holds a position, reads what comes after it, and waits to be told of more. While the database is away it waits,
 * and goes on from its position. With the position it holds the digest of all that it has seen: if the server that comes back does
 * not have it, it ends with an error instead of leaving something out.
 */
export class Watch implements AsyncIterableIterator<CommittedChange>, HeadListener {
  readonly #parts: WatchParts
  readonly #signal: AbortSignal | undefined
  readonly #start: Promise<SeenHistory>
  readonly #changes: AsyncGenerator<CommittedChange, void, undefined>
  #seen: SeenHistory = { position: 0 }
  #reached = 0
  /** Whether the history may have lost what was seen of it. */
  #isInDoubt: boolean
  #isOver = false
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined

  constructor(parts: WatchParts, { since, signal }: WatchOptions) {
    this.#parts = parts
    this.#signal = signal
    this.#isInDoubt = since !== undefined
    this.#start = since === undefined ? parts.begin() : Promise.resolve({ position: since })
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

  reach({ position, chain }: SeenHistory): void {
    this.#reached = Math.max(this.#reached, position)
    const { position: seen, chain: known = chain } = this.#seen
    this.#isInDoubt ||= position < seen || (position === seen && chain !== undefined && chain !== known)
    this.#wake?.()
  }

  lose(): void {
    this.#isInDoubt = true
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
      this.#seen = await this.#start
      feed.follow(this)
      while (!this.#isOver) {
        this.#assertGoingOn()
        const records = await this.#readNext()
        for (const stored of records) {
          if (!isContinuedBy(this.#seen, stored)) {
            throw createLost(reading.place, this.#seen, 'it goes on with changes that came after others')
          }
          for (const change of toChanges(stored, reading.place)) {
            this.#assertGoingOn()
            yield change
          }
          this.#seen = { position: stored.position, chain: stored.chain }
        }
        if (records.length === 0) await this.#untilMore()
      }
    } finally {
      signal?.removeEventListener('abort', onAbort)
      feed.leave(this)
      watches.delete(this)
    }
  }

  async #readNext(): Promise<readonly StoredRecord[]> {
    // What is reached from now on makes it read once more.
    this.#reached = 0
    const { reading } = this.#parts
    try {
      if (this.#isInDoubt) {
        this.#isInDoubt = false
        this.#seen = await findSeen(reading, this.#seen)
      }
      const { position: since } = this.#seen
      const { keptAfter, records } = await readPage(reading, { since, limit: PAGE_LENGTH })
      assertKept(since, keptAfter)
      return records
    } catch (error) {
      this.#assertGoingOn()
      if (!isCatalogError(error, 'UNAVAILABLE')) throw error
      // The server that answers next may be another one.
      this.#isInDoubt = true
      return []
    }
  }

  async #untilMore(): Promise<void> {
    const isAsleep = (): boolean => this.#reached <= this.#seen.position && !this.#isInDoubt
    while (isAsleep() && !this.#isOver && this.#failure === undefined) {
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
