export type { PostgresClient, PostgresNotification, PostgresPool } from './connection/postgres-pool.ts'
export { openPostgresCopy } from './open-postgres-copy.ts'
export { openPostgresStore } from './postgres-store.ts'
export type { PostgresStoreOptions } from './postgres-store-options.ts'
