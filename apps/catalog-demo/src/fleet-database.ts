import { lacks, TestDatabase } from '@catalog/testkit/running'

/** A database for the demonstration. */
export interface FleetDatabase {
  /** For `--store`. */
  readonly url: string
  readonly description: string
  close(): Promise<void>
}

/** A schema of its own in the database of `DATABASE_URL`, else a server that is started; undefined if neither is possible. */
export async function openFleetDatabase(): Promise<FleetDatabase | undefined> {
  if (lacks('database')) return undefined
  const database = await TestDatabase.open()
  return {
    url: database.newStore(),
    description: database.isGiven
      ? 'the database of DATABASE_URL, in a schema of its own'
      : 'a PostgreSQL server that was started for this',
    close: () => database.close(),
  }
}
