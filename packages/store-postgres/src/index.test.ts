import { expect, it } from 'vitest'
import type {
  PostgresClient,
  PostgresNotification,
  PostgresPool,
  PostgresStoreOptions,
  PostgresTlsOptions,
} from './index.ts'
import * as store from './index.ts'

/** Every exported type: to remove one is a breaking change, and the type check fails here. */
export type ExportedTypes = [
  PostgresClient,
  PostgresNotification,
  PostgresPool,
  PostgresStoreOptions,
  PostgresTlsOptions,
]

it('exports these and nothing else', () => {
  expect(Object.keys(store).sort()).toEqual(['openPostgresCopy', 'openPostgresStore'])
})
