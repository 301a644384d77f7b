/** Room `query`: reading entries as the tables have them. */

import { CatalogError } from '@catalog/types'
import type { Database, Row, Statement } from '../connection/database.ts'
import { createUnfinished, type FoundCatalog, UNFINISHED_FORMAT } from '../schema/migrate.ts'
import type { QuotedSchema } from '../schema/schema-name.ts'

/**
 * Reads one catalog: each statement also says whether it is still the one that was opened, as a schema may be dropped and
 * created again, or migrated, while a store is open.
 */
export class CatalogReading {
  readonly schema: QuotedSchema
  /** A column for a statement that always gives a row: whether the catalog is still the same. */
  readonly same: string
  /** A SELECT that gives an empty text if another catalog is there now. */
  readonly #mark: string
  readonly #database: Database
  readonly #catalog: FoundCatalog

  constructor(database: Database, schema: QuotedSchema, catalog: FoundCatalog) {
    this.#database = database
    this.schema = schema
    this.#catalog = catalog
    const { id, format } = catalog
    // Both come from the database, not from a caller.
    const isSame = `(SELECT id = '${id}' AND format = ${format} FROM ${schema}.catalog)`
    this.same = `${isSame}::text AS same`
    this.#mark = `SELECT '' WHERE ${isSame} IS NOT TRUE`
  }

  get place(): string {
    return this.#database.place
  }

  /**
   * The rows of a statement with the column {@link same}.
   *
   * @throws {CatalogError} CATALOG_REPLACED if another catalog is there
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version migrated it
   */
  async read(statement: Statement): Promise<readonly Row[]> {
    const rows = await this.#run(statement)
    // Without a row there is nothing that says so.
    const [first] = rows
    if (first?.['same'] !== 'true') await this.assertSame()
    return rows
  }

  /**
   * The texts that a SELECT of one column of text gives, none of which is empty. Whether the catalog is still the same is one more row
   * of the same statement: also that there are none is of this catalog.
   *
   * @throws {CatalogError} CATALOG_REPLACED if another catalog is there
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version migrated it
   */
  async readTexts({ text, ...statement }: Statement): Promise<readonly string[]> {
    for (;;) {
      const rows = await this.#run({ ...statement, text: `(${text}) UNION ALL ${this.#mark}` })
      const texts = rows.map(({ text: each }) => each ?? '')
      if (texts.at(-1) !== '') return texts
      await this.assertSame()
    }
  }

  /** Checks that the catalog is still the one that was opened. */
  async assertSame(): Promise<void> {
    const { schema, place: path } = this
    const [row] = await this.#database.run({
      operation: 'read the catalog',
      text: `SELECT id::text AS id, format::text AS format FROM ${schema}.catalog`,
    })
    const { id, format } = this.#catalog
    const found = Number(row?.['format'])
    const isSame = row?.['id'] === id
    if (isSame && found === format) return
    // A copy reads what it writes: another one has finished it.
    if (!isSame || format === UNFINISHED_FORMAT) {
      const message = `the catalog that was opened is no longer at ${path}`
      throw new CatalogError('CATALOG_REPLACED', message, { path })
    }
    if (found === UNFINISHED_FORMAT) throw createUnfinished(path, format)
    throw new CatalogError(
      'UNSUPPORTED_FORMAT',
      `the catalog at ${path} was migrated to format ${found}: this program knows ${format}`,
      { path, found: `format ${found}`, supported: `format ${format}` },
    )
  }

  /** What is read of a catalog in another format has another text, so another name. */
  #run({ name, ...statement }: Statement): Promise<readonly Row[]> {
    const named = name === undefined ? {} : { name: `${name}_${this.#catalog.format}` }
    return this.#database.run({ ...statement, ...named })
  }
}
