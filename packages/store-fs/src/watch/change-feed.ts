/** Room `watch`: changes as they are made. */

import { toDiskError } from '@catalog/system-calls'
import { CatalogError } from '@catalog/types'
import type { DirectoryWatch, FileSystem } from '../disk/file-system.ts'
import type { Timers } from '../disk/timers.ts'
import type { FileNames } from '../format/file-names.ts'
import type { Journal } from '../journal/journal.ts'
import type { ReplayedRecord } from '../segment/replay.ts'
import { LiveRecords } from './live-records.ts'

/** How often to look where no notification comes: not every file system sends them, and none promises to. */
const POLL_MS = 1000
/** The longest that a timer of Node can take. */
const FOR_EVER_MS = 2 ** 31 - 1

export interface ChangeFeedParts {
  readonly disk: FileSystem
  readonly names: FileNames
  readonly journal: Pick<Journal, 'head' | 'isCurrent' | 'catchUp'>
  readonly timers: Timers
}

/**
 * Hands the records that a store reads to those who watch it, and has it read while there are any: told by the
 * directory, and once a second. Without a watcher it holds nothing.
 */
export class ChangeFeed {
  readonly #parts: ChangeFeedParts
  readonly #watchers: Set<LiveRecords> = new Set()
  #watch: DirectoryWatch | undefined
  #cancelPoll: (() => void) | undefined
  #keepRunning: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #isLookDue = false
  #isClosed = false

  constructor(parts: ChangeFeedParts) {
    this.#parts = parts
  }

  /** To be called with every record that the store reads. */
  publish(replayed: ReplayedRecord): void {
    for (const live of this.#watchers) live.push(replayed)
  }

  /** The records from here on; to be given back by {@link leave}. CLOSED. */
  follow(): LiveRecords {
    if (this.#isClosed) throw createClosed()
    const live = new LiveRecords(this.#parts.journal.head[0])
    this.#watchers.add(live)
    if (this.#watchers.size === 1) this.#start()
    return live
  }

  leave(live: LiveRecords): void {
    if (this.#watchers.delete(live) && this.#watchers.size === 0) this.#stop()
  }

  /** Ends all watching with CLOSED; resolves when the journal is no longer looked at. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#failAll(createClosed())
    await this.#looking
  }

  #start(): void {
    const { disk, names } = this.#parts
    // An open watch is work to do, as a listening server is: neither the timers nor the watcher count as such.
    this.#keepRunning = setInterval(() => undefined, FOR_EVER_MS)
    try {
      this.#watch = disk.watchDirectory?.(names.directory, () => this.#look())
    } catch {
      // Linux gives every user a limited number of watchers. Looking once a second needs none.
    }
    this.#poll()
    // No event told of what came before the directory was watched.
    this.#look()
  }

  #stop(): void {
    clearInterval(this.#keepRunning)
    this.#cancelPoll?.()
    this.#watch?.close()
    this.#watch = undefined
  }

  #poll(): void {
    this.#cancelPoll = this.#parts.timers.after(POLL_MS, () => {
      this.#look()
      this.#poll()
    })
  }

  /** Has the store read what is new. A look that is under way may have begun too early: then one more follows. */
  #look(): void {
    if (this.#watchers.size === 0) return
    this.#isLookDue = true
    this.#looking ??= this.#lookWhileDue().finally(() => {
      this.#looking = undefined
    })
  }

  async #lookWhileDue(): Promise<void> {
    const { journal, names } = this.#parts
    try {
      while (this.#isLookDue && !this.#isClosed) {
        this.#isLookDue = false
        if (!(await journal.isCurrent())) await journal.catchUp()
        for (const live of this.#watchers) live.assertReached(journal.head[0])
      }
    } catch (error) {
      this.#failAll(toDiskError(error, 'read', names.directory))
    }
  }

  #failAll(error: unknown): void {
    for (const live of this.#watchers) {
      live.fail(error)
      this.leave(live)
    }
  }
}

function createClosed(): Error {
  return new CatalogError('CLOSED', 'the store is closed', { what: 'store' })
}
