import { toDiskError } from '@catalog/system-calls'
import { type CommittedChange, createInvalidInput, type WatchOptions } from '@catalog/types'
import type { FileSystem } from '../disk/file-system.ts'
import type { FileNames } from '../format/file-names.ts'
import { readRecords, toChanges } from '../history/history.ts'
import type { ReplayedRecord } from '../segment/replay.ts'
import type { ChangeFeed } from './change-feed.ts'
import type { LiveRecords } from './live-records.ts'

export interface WatchParts {
  readonly disk: FileSystem
  readonly names: FileNames
  readonly feed: ChangeFeed
  /** Catches up with all writers and returns the present position. */
  readonly refresh: () => Promise<number>
}

/**
 * One watcher of a store. It follows the live records before it reads the history up to them, so that nothing falls
 * between the two, and tells by a record's number what it has given already. Where the caller is slower than the
 * records come, it lets go of the live ones and reads the history again, from the place that it has reached.
 */
export class Watch implements AsyncIterableIterator<CommittedChange> {
  readonly #parts: WatchParts
  readonly #signal: AbortSignal | undefined
  /** Where it begins: a position that is given is asked for when the first change is. */
  readonly #start: Promise<number> | number
  readonly #changes: AsyncGenerator<CommittedChange, void, undefined>
  #live: LiveRecords | undefined
  #isOver = false

  constructor(parts: WatchParts, { since, signal }: WatchOptions) {
    this.#parts = parts
    this.#signal = signal
    this.#start = since ?? parts.refresh()
    // Where it fails, the first `next` tells.
    if (typeof this.#start !== 'number') this.#start.catch(() => undefined)
    this.#changes = this.#run()
  }

  next(): Promise<IteratorResult<CommittedChange, void>> {
    return this.#changes.next()
  }

  /** Wakes a `next` that waits: a generator by itself would end only after the next change. */
  return(): Promise<IteratorResult<CommittedChange, void>> {
    this.#isOver = true
    this.#live?.end()
    return this.#changes.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async *#run(): AsyncGenerator<CommittedChange, void, undefined> {
    const signal = this.#signal
    signal?.throwIfAborted()
    const onAbort = (): void => this.#abort()
    signal?.addEventListener('abort', onAbort)
    try {
      let position = await this.#begin()
      signal?.throwIfAborted()
      while (!this.#isOver) {
        const live = this.#parts.feed.follow()
        this.#live = live
        for await (const record of this.#recordsAfter(position, live)) {
          for (const change of toChanges(record)) {
            yield change
            live.throwIfFailed()
          }
          position = record.number
        }
        this.#parts.feed.leave(live)
      }
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.#leave()
    }
  }

  /** INVALID_INPUT for a position that the history has not reached: it belongs to another catalog, or was lost. */
  async #begin(): Promise<number> {
    const start = await this.#start
    if (typeof this.#start !== 'number' || start === 0) return start
    const end = await this.#parts.refresh()
    if (start <= end) return start
    throw createInvalidInput([{ field: 'since', problem: `is after ${end}, where the history ends` }])
  }

  /** Those that were there, then those that come, until the live ones end. */
  async *#recordsAfter(since: number, live: LiveRecords): AsyncGenerator<ReplayedRecord, void, undefined> {
    let position = since
    for await (const record of this.#history(since, live)) {
      live.throwIfFailed()
      position = record.number
      yield record
    }
    for (let record = await live.next(); record !== undefined; record = await live.next()) {
      if (record.number > position) yield record
    }
  }

  async *#history(since: number, live: LiveRecords): AsyncGenerator<ReplayedRecord, void, undefined> {
    const { disk, names } = this.#parts
    // Nothing is between a watch from now on and its live records.
    if (live.start <= since) return
    try {
      yield* readRecords(disk, names, since)
    } catch (error) {
      throw toDiskError(error, 'read', names.directory)
    }
  }

  #abort(): void {
    this.#live?.fail(this.#signal?.reason)
    this.#leave()
  }

  #leave(): void {
    if (this.#live !== undefined) this.#parts.feed.leave(this.#live)
  }
}
