import { describeStoreConformance } from '@catalog/testkit'
import { lacks, scaleRuns } from '@catalog/testkit/running'
import { describe } from 'vitest'
import { useDatabase } from './use-server.ts'

describe.skipIf(lacks('database'))('on a real server', () => {
  const { newSchema, open, recycle, sql } = useDatabase()

  describeStoreConformance(
    'PostgreSQL store',
    async () => {
      const schema = newSchema()
      // It must be there for what gives it back, also if a test opens no store.
      await (await open(schema)).close()
      return {
        open: () => open(schema),
        openReadOnly: () => open(schema, { readOnly: true }),
        openPrunable: () => open(schema, { segmentLength: 8 }),
        async fillUp() {
          await sql(REFUSE_WRITES.replaceAll('SCHEMA', schema))
          return async () => {
            await sql(`DROP TRIGGER full_disk ON ${schema}.history`)
          }
        },
        reopenIsDurable: true,
        dispose: () => recycle(schema),
      }
    },
    { numRuns: scaleRuns(5) },
  )
})

/** The error of a full disk, at the last of what a commit writes. */
const REFUSE_WRITES = `
CREATE OR REPLACE FUNCTION SCHEMA.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON SCHEMA.history EXECUTE FUNCTION SCHEMA.refuse();`
