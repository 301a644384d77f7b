import { randomUUID } from 'node:crypto'
import {
  type CatalogBeginning,
  type CatalogCopy,
  CatalogError,
  type CatalogStore,
  type CatalogTotals,
  type CopiedRecord,
  type StoredSettings,
} from '@catalog/types'
import { encodeSettings } from '@catalog/types/adapter'
import type { Database } from '../connection/database.ts'
import type { PostgresClient } from '../connection/postgres-pool.ts'
import { COLUMNS, GIVEN, VALUES } from '../schema/given-columns.ts'
import { type FoundCatalog, inTransaction, openCatalogTables, UNFINISHED_FORMAT } from '../schema/migrate.ts'
import { MIGRATIONS } from '../schema/migrations.ts'
import type { QuotedSchema } from '../schema/schema-name.ts'
import { type EntryRow, toCopiedRows, toEntryRow } from './copied-rows.ts'
import { toVerificationRows } from './copied-totals.ts'

/** How many entries of the beginning are written at once. */
const ENTRIES_AT_ONCE = 500
const FORMAT = MIGRATIONS.at(-1)?.version ?? 0

export interface PostgresCopyParts {
  readonly database: Database
  readonly schema: QuotedSchema
  readonly found: FoundCatalog | undefined
  readonly isEmpty: boolean
  /** Opens the catalog at this format for reading. */
  readonly open: (catalog: FoundCatalog) => CatalogStore
}

/** Writes the tables as their owner: each step is one transaction under the lock of `head`, and may be sent twice. */
export class PostgresCopy implements CatalogCopy {
  readonly place: string
  readonly #parts: PostgresCopyParts
  #catalog: FoundCatalog | undefined
  #isEmpty: boolean
  /** The last position of what is complete. */
  #completed = 0
  #reader: CatalogStore | undefined

  constructor(parts: PostgresCopyParts) {
    this.place = parts.database.place
    this.#parts = parts
    this.#catalog = parts.found
    this.#isEmpty = parts.isEmpty
  }

  get state(): CatalogCopy['state'] {
    if (this.#catalog === undefined || this.#isEmpty) return 'empty'
    return this.#catalog.format === UNFINISHED_FORMAT ? 'unfinished' : 'finished'
  }

  async read(): Promise<CatalogStore> {
    if (this.#catalog === undefined) throw new Error('an empty copy has nothing to read')
    this.#reader ??= this.#parts.open(this.#catalog)
    return this.#reader
  }

  async begin({ position, entries, removed, settings }: CatalogBeginning): Promise<void> {
    const { database, schema } = this.#parts
    if (this.#catalog?.format !== UNFINISHED_FORMAT) {
      const how = { schema, migrations: MIGRATIONS, canCreate: true, canMigrate: true }
      this.#setCatalog(await openCatalogTables(database, how))
    }
    // Another copy that writes its beginning at the same time finds another catalog at its next step.
    const id = randomUUID()
    await this.#inStep(
      async (client, head) => {
        // The copy already has positions after its beginning.
        if (head.position !== head.keptAfter) throw this.#createConflict()
        await client.query(`UPDATE ${schema}.catalog SET id = $1, format = $2`, [id, UNFINISHED_FORMAT])
        for (const table of ['entries', 'history', 'changed', 'verifications', 'settings']) {
          await client.query(`DELETE FROM ${schema}.${table}`)
        }
        await client.query(`UPDATE ${schema}.head SET position = 0, kept_after = 0, operations = '{}'`)
      },
      { ids: [this.#catalog?.id, id] },
    )
    this.#setCatalog({ id, format: UNFINISHED_FORMAT })
    const rows = [
      ...entries.map((entry) => toEntryRow({ ...entry, entry })),
      ...removed.map((model) => toEntryRow({ ...model, entry: null })),
    ]
    for (let start = 0; start < rows.length; start += ENTRIES_AT_ONCE) {
      const some = rows.slice(start, start + ENTRIES_AT_ONCE)
      await this.#inStep((client) => writeEntries(client, schema, some), { position: 0 })
    }
    await this.#inStep(async (client, head) => {
      if (head.position !== position)
        await client.query(`UPDATE ${schema}.head SET position = $1, kept_after = $1`, [position])
      await writeSettings(client, schema, settings)
    })
    this.#isEmpty = false
  }

  async append(records: readonly CopiedRecord[], settings: StoredSettings): Promise<void> {
    const { schema } = this.#parts
    const [first, last] = [records[0]?.position ?? 0, records.at(-1)?.position ?? 0]
    await this.#inStep(async (client, head) => {
      // Sent again after the connection was lost. In a catalog that is in use, another program made these positions.
      const isSentAgain = head.isUnfinished && head.position === last
      if (records.length > 0 && !isSentAgain && head.position !== first - 1) throw this.#createConflict()
      await client.query(`UPDATE ${schema}.catalog SET format = $1`, [UNFINISHED_FORMAT])
      await writeSettings(client, schema, settings)
      if (records.length === 0 || isSentAgain) return
      const { history, entries, changed } = toCopiedRows(records, head.chain)
      await client.query(
        `INSERT INTO ${schema}.history SELECT h.position, gen_random_uuid(), 0, h.at, clock_timestamp(), h.record, h.outcome, decode(h.chain, 'hex')
          FROM json_to_recordset($1) AS h(position bigint, at double precision, record text, outcome text, chain text)`,
        [JSON.stringify(history)],
      )
      await client.query(
        `INSERT INTO ${schema}.changed SELECT c.id, c.position FROM json_to_recordset($1) AS c(id text, position bigint)`,
        [JSON.stringify(changed)],
      )
      await writeEntries(client, schema, entries)
      await client.query(`UPDATE ${schema}.head SET position = $1, chain = decode($2, 'hex')`, [
        last,
        history.at(-1)?.chain,
      ])
    })
    this.#setCatalog({ id: this.#catalog?.id ?? '', format: UNFINISHED_FORMAT })
  }

  async complete(settings: StoredSettings, totals: CatalogTotals): Promise<void> {
    const { schema } = this.#parts
    await this.#inStep(async (client) => {
      await client.query(`UPDATE ${schema}.catalog SET format = $1`, [UNFINISHED_FORMAT])
      await writeSettings(client, schema, settings)
      await client.query(`DELETE FROM ${schema}.verifications`)
      await client.query(
        `INSERT INTO ${schema}.verifications SELECT v.outcome, v.bucket, v.count, v.bytes, v.ms
          FROM json_to_recordset($1) AS v(outcome text, bucket integer, count bigint, bytes numeric, ms numeric)`,
        [JSON.stringify(toVerificationRows(totals))],
      )
      const states = ['Pending', 'Active', 'Retired', 'Failed']
      const counts = states.map(
        (state) =>
          `${state.toLowerCase()} = (SELECT count(*) FROM ${schema}.entries WHERE state = '${state}')`,
      )
      await client.query(`UPDATE ${schema}.head SET ${counts.join(', ')}, operations = $1`, [
        JSON.stringify(totals.operations),
      ])
    }, totals)
    this.#setCatalog({ id: this.#catalog?.id ?? '', format: UNFINISHED_FORMAT })
    this.#completed = totals.position
  }

  async finish(): Promise<void> {
    if (this.state === 'finished') return
    const { schema } = this.#parts
    await this.#inStep(
      async (client) => {
        // With all before it, it is on the disk when this resolves, whatever the default of the role or the database is.
        await client.query(
          "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'",
        )
        await client.query(`UPDATE ${schema}.catalog SET format = $1`, [FORMAT])
      },
      { position: this.#completed },
    )
    this.#setCatalog({ id: this.#catalog?.id ?? '', format: FORMAT })
  }

  async close(): Promise<void> {
    if (this.#reader === undefined) await this.#parts.database.close()
    // A store closes its database.
    else await this.#reader.close()
  }

  /** A reader knows the catalog that it was opened for, and its format. */
  #setCatalog(catalog: FoundCatalog): void {
    const isSame = catalog.id === this.#catalog?.id && catalog.format === this.#catalog.format
    if (!isSame) this.#reader = undefined
    this.#catalog = catalog
  }

  async #inStep(
    work: (client: PostgresClient, head: Head) => Promise<void>,
    { position, ids = [this.#catalog?.id] }: Expected = {},
  ): Promise<void> {
    const { database, schema } = this.#parts
    await database.attempt({ operation: 'copy a catalog to', isWrite: true }, (client) =>
      inTransaction(client, async () => {
        const { rows } = await client.query(
          `SELECT position::text AS position, kept_after::text AS kept_after, encode(chain, 'hex') AS chain, id::text AS id, format::text AS format
            FROM ${schema}.head, ${schema}.catalog FOR UPDATE OF head`,
        )
        const [row] = rows as Readonly<
          Record<'position' | 'kept_after' | 'chain' | 'id' | 'format', string>
        >[]
        if (!ids.includes(row?.id)) throw this.#createConflict()
        const head = {
          ...{ position: Number(row?.position), keptAfter: Number(row?.kept_after) },
          ...{ chain: row?.chain ?? '', isUnfinished: Number(row?.format) === UNFINISHED_FORMAT },
        }
        if (position !== undefined && head.position !== position) throw this.#createConflict()
        await work(client, head)
      }),
    )
  }

  #createConflict(): Error {
    const { place: path } = this
    return new CatalogError('CATALOG_REPLACED', `another program writes to the catalog at ${path}`, { path })
  }
}

/** What has to be there for a step: otherwise another program writes. */
interface Expected {
  /** Where the head is; undefined if that does not matter. */
  readonly position?: number
  /** Which catalog it is. */
  readonly ids?: readonly (string | undefined)[]
}

interface Head {
  readonly position: number
  readonly keptAfter: number
  /** In hexadecimal. */
  readonly chain: string
  /** Whether no program opens the catalog. */
  readonly isUnfinished: boolean
}

async function writeEntries(
  client: PostgresClient,
  s: QuotedSchema,
  rows: readonly EntryRow[],
): Promise<void> {
  await client.query(
    `INSERT INTO ${s}.entries AS e (folded, id, revision, entry, ${COLUMNS.join(', ')})
      SELECT c.folded, c.id, c.revision, c.entry, ${VALUES.join(', ')}
      FROM json_to_recordset($1) AS c(folded text, id text, revision bigint, entry text, ${GIVEN.join(', ')})
      ON CONFLICT (folded) DO UPDATE SET id = excluded.id, revision = excluded.revision, entry = excluded.entry,
        ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [JSON.stringify(rows)],
  )
}

async function writeSettings(
  client: PostgresClient,
  s: QuotedSchema,
  { revision, ...settings }: StoredSettings,
): Promise<void> {
  if (revision === 0) return
  await client.query(
    `INSERT INTO ${s}.settings AS o VALUES (true, $1, $2)
      ON CONFLICT (single) DO UPDATE SET revision = excluded.revision, content = excluded.content`,
    [revision, JSON.stringify(encodeSettings(settings, settings.extra))],
  )
}
