/** Room `watch`: changes as they are made. */

import { ignorePoolErrors } from '../connection/ignore-pool-errors.ts'
import type { PostgresPool } from '../connection/postgres-pool.ts'

/** The pause before the next attempt to listen. */
const RETRY_MS = 500

export interface ChangeFeedParts {
  /** Where a connection for LISTEN comes from, while there is a watcher; undefined to look from time to time only. */
  readonly listening: (() => ListeningConnections) | undefined
  readonly channel: string
  readonly pollMs: number
  /** The present position. Rejects while the database is away. */
  readonly readPosition: () => Promise<number>
}

/** A pool, and what ends it. */
export interface ListeningConnections {
  readonly pool: PostgresPool
  readonly end: () => Promise<void>
}

/** Is told of new positions. */
export interface PositionListener {
  /** There are changes up to this position. */
  reach(position: number): void
}

/**
 * Tells watchers that there are changes: as soon as PostgreSQL notifies, and by looking from time to time, as a connection may be
 * dead without an error. What the changes are each watcher reads by itself, by position: nothing can be
 * missed, given twice or given out of order, whatever becomes of notifications. Without a watcher it holds nothing.
 */
export class ChangeFeed {
  readonly #parts: ChangeFeedParts
  readonly #listeners: Set<PositionListener> = new Set()
  #session: Session | undefined
  readonly #ending: Set<Promise<void>> = new Set()

  constructor(parts: ChangeFeedParts) {
    this.#parts = parts
  }

  follow(listener: PositionListener): void {
    this.#listeners.add(listener)
    this.#session ??= new Session(this.#parts, (position) => {
      for (const each of this.#listeners) each.reach(position)
    })
  }

  leave(listener: PositionListener): void {
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
  readonly #reach: (position: number) => void
  readonly #ended: PromiseWithResolvers<void> = withResolvers()
  readonly #polling: NodeJS.Timeout
  readonly #listening: Promise<void>
  #isOver = false

  constructor(parts: ChangeFeedParts, reach: (position: number) => void) {
    this.#parts = parts
    this.#reach = reach
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

  #look(): void {
    this.#parts.readPosition().then(
      (position) => this.#reach(position),
      // Each watcher finds out by itself, and tells its caller if waiting does not help.
      () => this.#reach(Number.POSITIVE_INFINITY),
    )
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
      if (message.channel === channel) this.#reach(Number(message.payload))
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
