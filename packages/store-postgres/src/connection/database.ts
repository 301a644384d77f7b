import {
  EndedServerError,
  isLostConnection,
  isReadOnlyServer,
  isTrouble,
  isWorthRepeating,
  StandbyError,
  toStoreError,
} from './database-error.ts'
import { Deadline } from './deadline.ts'
import { ignorePoolErrors } from './ignore-pool-errors.ts'
import type { PostgresClient, PostgresPool } from './postgres-pool.ts'

/** The shortest pause before a call is repeated; it doubles up to the longest. */
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 500

/** A row whose columns are all cast to text, so that the type parsers of a caller's pool change nothing. */
export type Row = Readonly<Record<string, string | null>>

/** One statement, with parameters only. */
export interface Statement {
  /** What it does, as words after "could not". */
  readonly operation: string
  /**
   * What a connection keeps its plan by, if it may: for a statement that is made often and always has the same text and plan. One for
   * each text.
   */
  readonly name?: string
  readonly text: string
  /** @param remainingMs how long the statement may take */
  readonly values?: readonly unknown[] | ((remainingMs: number) => readonly unknown[])
  /** Whether it changes something: then an error says whether that may have happened. Default false. */
  readonly isWrite?: boolean
}

/** Runs a statement whose plan the connection keeps by its name. */
export type PreparedRunner = (
  client: PostgresClient,
  statement: { readonly name: string; readonly text: string; readonly values: unknown[] },
) => Promise<{ readonly rows: unknown[] }>

export interface DatabaseOptions {
  readonly pool: PostgresPool
  /** Ends the pool; undefined if it belongs to the caller. */
  readonly endPool: (() => Promise<void>) | undefined
  /** How long a call may take, with all repetitions. */
  readonly timeoutMs: number
  /** Runs a statement whose plan the connection keeps; undefined if nothing may be kept for a session. */
  readonly runPrepared?: PreparedRunner | undefined
  /** Where the catalog is, without user and password. */
  readonly place: string
  /** Never in a message. */
  readonly password: string | undefined
}

/**
 * Runs statements, each on any connection of a pool and in a transaction of its own, so that a pooler in transaction
 * mode may be in between. A statement whose connection is lost is sent again until the time is over: what changes
 * something must be such that sending it twice is like sending it once.
 */
export class Database {
  readonly #options: DatabaseOptions
  readonly #stopIgnoring: () => void
  /** Whether a server has taken a change: then one that is read-only is a standby that may be promoted. */
  #hasWritten = false
  readonly #ignoreError = (): void => undefined

  constructor(options: DatabaseOptions) {
    this.#options = options
    this.#stopIgnoring = ignorePoolErrors(options.pool)
  }

  get place(): string {
    return this.#options.place
  }

  /** The rows of a statement. */
  run(statement: Statement): Promise<readonly Row[]> {
    const { name, text, values = [] } = statement
    return this.attempt(statement, async (client, deadline) => {
      const given = typeof values === 'function' ? values(deadline.remainingMs()) : values
      const { runPrepared } = this.#options
      const { rows } =
        name === undefined || runPrepared === undefined
          ? await client.query(text, [...given])
          : await runPrepared(client, { name: `catalog_${name}`, text, values: [...given] })
      return rows as Row[]
    })
  }

  /** Does the work on one connection, and again from the beginning if that is lost. */
  async attempt<T>(
    { operation, isWrite = false }: Pick<Statement, 'operation' | 'isWrite'>,
    work: (client: PostgresClient, deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    const deadline = new Deadline(this.#options.timeoutMs)
    const sent = { isUnknown: false }
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const result = await this.#attemptOnce(work, deadline, sent)
        this.#hasWritten ||= isWrite
        return result
      } catch (given) {
        const isFailover = isReadOnlyServer(given) && (sent.isUnknown || this.#hasWritten)
        const error = isFailover ? new StandbyError(given) : given
        const canRepeat = isWorthRepeating(error) && deadline.remainingMs() > pauseMs
        if (!canRepeat) throw this.#describe(error, operation, isWrite, sent.isUnknown)
      }
      // Some of the callers that failed at the same moment wait longer than others.
      await deadline.pause(pauseMs * (0.5 + Math.random() / 2))
    }
  }

  async close(): Promise<void> {
    await this.#options.endPool?.()
    this.#stopIgnoring()
  }

  async #attemptOnce<T>(
    work: (client: PostgresClient, deadline: Deadline) => Promise<T>,
    deadline: Deadline,
    sent: { isUnknown: boolean },
  ): Promise<T> {
    const client = await deadline.limit(this.#options.pool.connect(), (late) => late.release())
    client.on('error', this.#ignoreError)
    let broken: Error | undefined
    try {
      return await deadline.limit(work(client, deadline))
    } catch (given) {
      const hasEnded = isTrouble(given) && !(await isAlive(client, deadline))
      const error = hasEnded ? new EndedServerError(given) : given
      if (isLostConnection(error)) {
        sent.isUnknown = true
        broken = error instanceof Error ? error : new Error('lost')
      }
      // A new connection may lead to another server.
      if (isReadOnlyServer(error)) broken = new StandbyError(error)
      throw error
    } finally {
      client.removeListener('error', this.#ignoreError)
      // With an error the pool closes the connection: what is still under way on it has no reader any more.
      client.release(broken)
    }
  }

  #describe(error: unknown, operation: string, isWrite: boolean, isUnknown: boolean): Error {
    const { place, password } = this.#options
    const outcome = isWrite ? (isUnknown ? 'unknown' : 'none') : undefined
    return toStoreError(error, { operation, place, password, outcome })
  }
}

/** Whether the server still answers on the connection, be it with an error. */
async function isAlive(client: PostgresClient, deadline: Deadline): Promise<boolean> {
  try {
    await deadline.limit(client.query('SELECT'))
    return true
  } catch (error) {
    return !isLostConnection(error)
  }
}
