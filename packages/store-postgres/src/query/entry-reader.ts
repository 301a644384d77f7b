import {
  CatalogError,
  isCatalogError,
  type ListQuery,
  type ModelEntry,
  type ModelId,
  type RemovedModel,
  type StateCounts,
} from '@catalog/types'
import {
  asksOnlyForState,
  createQueryFilter,
  decodeEntry,
  foldModelId,
  statesOf,
} from '@catalog/types/adapter'
import type { Row } from '../connection/database.ts'
import type { CatalogReading } from './catalog-reading.ts'
import { EntryCache } from './entry-cache.ts'
import { isExact, toCountStatement, toListStatement } from './list-statement.ts'

/** Reads entries: each call is one statement, which sees all that was acknowledged before. */
export class EntryReader {
  readonly #reading: CatalogReading
  readonly #cache = new EntryCache()

  constructor(reading: CatalogReading) {
    this.#reading = reading
  }

  async get(id: ModelId): Promise<ModelEntry | undefined> {
    const { schema, same } = this.#reading
    const [row] = await this.#reading.read({
      ...{ operation: 'read an entry', name: 'get' },
      text: `SELECT entry, revision::text AS revision, ${same} FROM ${schema}.entries WHERE folded = $1 AND id = $2 AND entry IS NOT NULL`,
      values: [foldModelId(id), id],
    })
    return row && this.#decode(row)
  }

  async removed(): Promise<readonly RemovedModel[]> {
    const { schema, same } = this.#reading
    const rows = await this.#reading.read({
      operation: 'list removed models',
      text: `SELECT id, revision::text AS revision, ${same} FROM ${schema}.entries WHERE entry IS NULL`,
    })
    return rows.map(({ id, revision }) => ({ id: (id ?? '') as ModelId, revision: Number(revision) }))
  }

  async list(query: ListQuery): Promise<readonly ModelEntry[]> {
    const { schema, same } = this.#reading
    const statement = toListStatement(schema, query, `entry, revision::text AS revision, ${same}`)
    const rows = await this.#reading.read({ operation: 'list entries', ...statement })
    const entries = rows.map((row) => this.#decode(row))
    if (isExact(query)) return entries
    return entries.filter(createQueryFilter(query)).slice(0, query.limit)
  }

  async count(query: ListQuery): Promise<number> {
    if (asksOnlyForState(query)) return sumOf(await this.counts(), statesOf(query))
    if (!isExact(query)) {
      const { order: _order, after: _after, limit: _limit, ...filters } = query
      return (await this.list(filters)).length
    }
    const { schema, same } = this.#reading
    const [row] = await this.#reading.read({
      operation: 'count entries',
      ...toCountStatement(schema, query, same),
    })
    return Number(row?.['count'])
  }

  async counts(): Promise<StateCounts> {
    const { schema, same } = this.#reading
    const [row = {}] = await this.#reading.read({
      ...{ operation: 'count entries', name: 'counts' },
      text: `SELECT pending::text, active::text, retired::text, failed::text, ${same} FROM ${schema}.head`,
    })
    const numberOf = (column: string): number => Number(row[column])
    return {
      Pending: numberOf('pending'),
      Active: numberOf('active'),
      Retired: numberOf('retired'),
      Failed: numberOf('failed'),
    }
  }

  /** DAMAGED for what is no entry. */
  #decode({ entry = null, revision = null }: Row): ModelEntry {
    const [text, number] = [entry ?? '', Number(revision)]
    try {
      return this.#cache.get(text, number, () => decodeEntry(JSON.parse(text), number))
    } catch (cause) {
      if (!isCatalogError(cause) && !(cause instanceof SyntaxError)) throw cause
      const path = this.#reading.place
      const problem = `an entry cannot be read: ${cause.message}`
      throw new CatalogError('DAMAGED', `${path} is damaged: ${problem}`, { path, problem }, { cause })
    }
  }
}

function sumOf(counts: StateCounts, states = Object.keys(counts) as readonly (keyof StateCounts)[]): number {
  return [...new Set(states)].reduce((sum, state) => sum + counts[state], 0)
}
