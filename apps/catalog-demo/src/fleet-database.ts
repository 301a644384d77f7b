import { lacks, PostgresServer } from '@catalog/testkit/running'
import pg from 'pg'

/** A database for the demonstration. */
export interface FleetDatabase {
  /** For `--store`. */
  readonly url: string
  readonly description: string
  close(): Promise<void>
}

/** A schema of its own in the database of `DATABASE_URL`, else a server that is started; undefined if neither is possible. */
export async function openFleetDatabase(environment: NodeJS.ProcessEnv): Promise<FleetDatabase | undefined> {
  const { DATABASE_URL: given = '' } = environment
  if (given !== '') return openGiven(given)
  if (lacks('postgres')) return undefined
  const server = await PostgresServer.start()
  return {
    url: server.connectionString,
    description: 'a PostgreSQL server that was started for this',
    close: () => server.stop(),
  }
}

function openGiven(given: string): FleetDatabase {
  const schema = `catalog_demo_${process.pid}`
  return {
    url: `${given}${given.includes('?') ? '&' : '?'}schema=${schema}`,
    description: 'the database of DATABASE_URL, in a schema of its own',
    async close() {
      const client = new pg.Client({ connectionString: given })
      await client.connect()
      await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
      await client.end()
    },
  }
}
