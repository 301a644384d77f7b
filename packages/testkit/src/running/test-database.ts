import { randomBytes } from 'node:crypto'
import { givenDatabase } from './given-database.ts'
import { PostgresServer, type PostgresServerOptions } from './postgres-server.ts'
import { runSql } from './run-sql.ts'

/**
 * A database for tests that need only a database: the one of `DATABASE_URL`, in schemas of their own, else one of a server
 * that is started for them. A test needs the capability `database` for it.
 */
export class TestDatabase {
  /** For a connection with the rights of the given role, or as the superuser of the server that was started. */
  readonly connectionString: string
  readonly #server: PostgresServer | undefined
  /** Others may use the database at the same time, and what a killed run has left may still be there. */
  readonly #prefix = `catalog_test_${randomBytes(4).toString('hex')}`
  readonly #schemas: string[] = []

  private constructor(connectionString: string, server: PostgresServer | undefined) {
    this.connectionString = connectionString
    this.#server = server
  }

  /** @param options of the server, if one is started */
  static async open(options: PostgresServerOptions = {}): Promise<TestDatabase> {
    const given = givenDatabase()
    if (given !== undefined) return new TestDatabase(given, undefined)
    const server = await PostgresServer.start(options)
    return new TestDatabase(server.connectionString, server)
  }

  /** Whether it is the one of `DATABASE_URL`. */
  get isGiven(): boolean {
    return this.#server === undefined
  }

  /** The name of a schema that no other test uses. It does not exist yet, and `close` drops it. */
  newSchema(): string {
    const schema = `${this.#prefix}_${this.#schemas.length + 1}`
    this.#schemas.push(schema)
    return schema
  }

  /** The URL of a catalog that no other test uses, as `openCatalog` and `--store` take it. */
  newStore(): string {
    return this.urlOf(this.newSchema())
  }

  /** The URL of the catalog in a schema. */
  urlOf(schema: string): string {
    return `${this.connectionString}${this.connectionString.includes('?') ? '&' : '?'}schema=${schema}`
  }

  /** Runs SQL on a connection of its own, and returns the rows. */
  sql(text: string, values?: unknown[]): Promise<readonly Record<string, unknown>[]> {
    return runSql(this.connectionString, text, values)
  }

  /** Stops the server that was started, or drops the schemas of the tests. */
  async close(): Promise<void> {
    if (this.#server !== undefined) return await this.#server.stop()
    const schemas = this.#schemas.splice(0)
    // One statement each: dropping all of them at once may take more locks than a server has.
    for (const schema of schemas) await this.sql(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
  }
}
