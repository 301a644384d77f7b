import type { PostgresClient, PostgresPool } from './postgres-pool.ts'

/**
 * Keeps the process running when a connection breaks that no statement uses: `error` is an event, which ends the process if
 * there is no listener for it. The next statement gets another connection. What it returns takes the listeners off.
 */
export function ignorePoolErrors(pool: PostgresPool): () => void {
  const ignore = (): void => undefined
  // The server may say in one packet that a connection is ready and that it ends it: before a caller has the client,
  // and when it is no longer idle for the pool.
  const guard = (client: PostgresClient): void => {
    client.on('error', ignore)
    setImmediate(() => client.removeListener('error', ignore))
  }
  pool.on('error', ignore)
  pool.on('connect', guard)
  return () => {
    pool.removeListener('error', ignore)
    pool.removeListener('connect', guard)
  }
}
