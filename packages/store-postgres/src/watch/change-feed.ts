/** Room `watch`: changes as they are made. */

import { ignorePoolErrors } from '../connection/ignore-pool-errors.ts'
import type { PostgresPool } from '../connection/postgres-pool.ts'
import type { SeenHistory } from '../history/seen-history.ts'

/** The pause before the next attempt to listen. */
const RETRY_MS = 500

export interface ChangeFeedParts {
  /** Where a connection for LISTEN comes from, while there is a watcher; undefined to look from time to time only. */
  readonly listening: (() => ListeningConnections) | undefined
  readonly channel: string
  readonly pollMs: number
  /** Where the history ends. Rejects while the database is away. */
  readonly readHead: () => Promise<SeenHistory>
}

/** A pool, and what ends it. */
export interface ListeningConnections {
  readonly pool: PostgresPool
  readonly end: () => Promise<void>
}

/** Is told of where the history ends. */
export interface HeadListener {
  /** The history has come to this position; with its digest if it was looked at. */
  reach(head: SeenHistory): void
  /** Where it ends could not be read. */
  lose(): void
}

/**
 * Tells watchers that there are changes: as soon as PostgreSQL notifies, and by looking from time to time, as a connection may be
 * dead without an error. What the changes are each watcher reads by itself, by position: nothing can be
 * missed, given twice or given out of order, whatever becomes of notifications. Without a watcher it holds nothing.
 */
export class ChangeFeed {
  readonly #parts: ChangeFeedParts
  readonly #listeners: Set<HeadListener> = new Set()
  #session: Session | undefined
  readonly #ending: Set<Promise<void>> = new Set()

  constructor(parts: ChangeFeedParts) {
    this.#parts = parts
  }

  follow(listener: HeadListener): void {
    this.#listeners.add(listener)
    this.#session ??= new Session(this.#parts, this.#listeners)
  }

  leave(listener: HeadListener): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return
    const ending = this.#session?.end().finally(() => this.#ending.delete(ending as Promise<void>))
    this.#session = undefined
    if (ending !== undefined) this.#ending.add(ending)
  }

  /** Resolves when no connection is left of watchers that have gone. */
  async idle(): Promise<void> {
    await Promise.all(this.#ending)
  }
}

/** Listens and looks until it is ended. */
class Session {
  readonly #parts: ChangeFeedParts
  readonly #listeners: ReadonlySet<HeadListener>
  readonly #ended: PromiseWithResolvers<void> = withResolvers()
  readonly #polling: NodeJS.Timeout
  readonly #listening: Promise<void>
  #isOver = false
  #isLooking = false
  #isLookDue = false

  constructor(parts: ChangeFeedParts, listeners: ReadonlySet<HeadListener>) {
    this.#parts = parts
    this.#listeners = listeners
    this.#polling = setInterval(() => this.#look(), parts.pollMs)
    this.#listening = this.#listenAgain()
    this.#look()
  }

  async end(): Promise<void> {
    this.#isOver = true
    clearInterval(this.#polling)
    this.#ended.resolve()
    await this.#listening
  }

  /** One look at a time: while the server does not answer, they would take all connections of the pool. */
  #look(): void {
    this.#isLookDue = true
    if (!this.#isLooking) void this.#lookWhileDue()
  }

  async #lookWhileDue(): Promise<void> {
    this.#isLooking = true
    while (this.#isLookDue && !this.#isOver) {
      this.#isLookDue = false
      try {
        this.#reach(await this.#parts.readHead())
      } catch {
        // Each watcher finds out by itself, and tells its caller if waiting does not help.
        for (const each of this.#listeners) each.lose()
      }
    }
    this.#isLooking = false
  }

  #reach(head: SeenHistory): void {
    for (const each of this.#listeners) each.reach(head)
  }

  async #listenAgain(): Promise<void> {
    const { listening } = this.#parts
    if (listening === undefined) return
    const { pool, end } = listening()
    const stopIgnoring = ignorePoolErrors(pool)
    while (!this.#isOver) {
      await this.#listen(pool).catch(() => undefined)
      if (!this.#isOver) await this.#pause()
    }
    await end().catch(() => undefined)
    stopIgnoring()
  }

  /** Resolves when the connection is lost, or the session has ended. */
  async #listen(pool: PostgresPool): Promise<void> {
    const connecting = pool.connect()
    const client = await Promise.race([connecting, this.#ended.promise])
    if (client === undefined) {
      connecting.then((late) => late.release(true)).catch(() => undefined)
      return
    }
    const lost = withResolvers<void>()
    const { channel } = this.#parts
    const lose = (): void => lost.resolve()
    client.on('notification', (message) => {
      if (message.channel === channel) this.#reach({ position: Number(message.payload) })
    })
    // They stay: the connection is not used by others afterwards, and an error without a listener ends the process.
    client.on('error', lose)
    client.on('end', lose)
    try {
      await Promise.race([client.query(`LISTEN "${channel}"`), lost.promise, this.#ended.promise])
      // What was committed before it listened.
      this.#look()
      await Promise.race([lost.promise, this.#ended.promise])
    } finally {
      // It says goodbye to the server, which takes a quarter of an hour if the network is cut.
      client.unref?.()
      client.release(true)
    }
  }

  async #pause(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const pause = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, RETRY_MS)
    })
    await Promise.race([pause, this.#ended.promise])
    clearTimeout(timer)
  }
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
}

/** As `Promise.withResolvers`, which Node.js 20 does not have. */
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
