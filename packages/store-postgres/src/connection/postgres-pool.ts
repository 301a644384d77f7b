/** What a client of a pool does: the `PoolClient` of `pg` does it. */
export interface PostgresClient {
  /** Runs one statement with parameters, or several without. Rejects with the error of the server or of the connection. */
  query(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>
  /** Gives the connection back, or closes it if there is an error. */
  release(error?: Error | boolean): void
  /** Lets the process end while this connection is open. */
  unref?(): unknown
  /** Calls back if the connection breaks. */
  on(event: 'error', listener: (error: Error) => void): unknown
  /** Calls back at each notification. */
  on(event: 'notification', listener: (message: PostgresNotification) => void): unknown
  /** Calls back when the connection has ended. */
  on(event: 'end', listener: () => void): unknown
  /** Calls back no longer if the connection breaks. */
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

/** What NOTIFY sent. */
export interface PostgresNotification {
  readonly channel: string
  readonly payload?: string | undefined
}

/** A pool of connections: a `Pool` of `pg` is one. */
export interface PostgresPool {
  /** A connection, which its `release` gives back. Rejects if there is none in time. */
  connect(): Promise<PostgresClient>
  /** Calls back if an idle connection breaks. */
  on(event: 'error', listener: (error: Error) => void): unknown
  /** Calls back with each new connection, before anything else has it. */
  on(event: 'connect', listener: (client: PostgresClient) => void): unknown
  /** Calls back no longer if an idle connection breaks. */
  removeListener(event: 'error', listener: (error: Error) => void): unknown
  /** Calls back no longer with new connections. */
  removeListener(event: 'connect', listener: (client: PostgresClient) => void): unknown
}
