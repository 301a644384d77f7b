export type { PostgresClient, PostgresNotification, PostgresPool } from './connection/postgres-pool.ts'
export { openPostgresStore } from './postgres-store.ts'
export type { PostgresStoreOptions } from './postgres-store-options.ts'
