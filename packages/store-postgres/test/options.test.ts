import { describeOptions } from '@catalog/testkit/private'
import { describe, expect, it } from 'vitest'
import { openPostgresStore } from '../src/index.ts'

const connectionString = 'postgresql://user@host:5432/database'
const ofConnections = ['ssl', 'maxConnections', 'applicationName']

describeOptions({
  openPostgresStore: {
    call: openPostgresStore,
    options: [
      ...['connectionString', 'pool', 'schema', 'readOnly', 'create', 'pooler', 'listen', 'pollMs'],
      ...['timeoutMs', 'segmentLength', 'allowUnsafeServer', 'clock', ...ofConnections],
    ],
    required: { connectionString },
  },
})

describe('openPostgresStore refuses', () => {
  const pool = {
    connect: () => Promise.reject(new Error()),
    on: () => undefined,
    removeListener: () => undefined,
  }

  it.each([
    ['neither a connection string nor a pool', {}, 'connectionString'],
    ['both of them', { connectionString, pool }, 'connectionString'],
    ['another scheme', { connectionString: 'mysql://host/database' }, 'connectionString'],
    ['what is not a URL to listen on', { connectionString, listen: 'host' }, 'listen'],
    ...ofConnections.map((name) => [
      `${name} with a pool`,
      { pool, [name]: { ssl: true, maxConnections: 1, applicationName: 'x' }[name] },
      name,
    ]),
    ...['Catalog', '1st', 'pg_catalog', 'a b', 'a"b', 'x'.repeat(64)].map((schema) => [
      `the schema ${schema}`,
      { connectionString, schema },
      'schema',
    ]),
  ] as [string, object, string][])('%s', async (_what, options, field) => {
    await expect(openPostgresStore(options)).rejects.toMatchObject({
      ...{ code: 'INVALID_INPUT', details: { problems: [expect.objectContaining({ field })] } },
    })
  })
})
