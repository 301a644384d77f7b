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
import type { CatalogReading } from './catalog-reading.ts'
import { EntryCache } from './entry-cache.ts'
import { ENTRY, isExact, toCountStatement, toListStatement } from './list-statement.ts'

/** The most lists whose plans a connection keeps. */
const MAX_NAMES = 50

/** Reads entries: each call is one statement, which sees all that was acknowledged before. */
export class EntryReader {
  readonly #reading: CatalogReading
  readonly #cache = new EntryCache()
  readonly #names: Map<string, string> = new Map()

  constructor(reading: CatalogReading) {
    this.#reading = reading
  }

  async get(id: ModelId): Promise<ModelEntry | undefined> {
    const [text] = await this.#reading.readTexts({
      ...{ operation: 'read an entry', name: 'get' },
      text: `SELECT ${ENTRY} FROM ${this.#reading.schema}.entries WHERE folded = $1 AND id = $2 AND entry IS NOT NULL`,
      values: [foldModelId(id), id],
    })
    return text === undefined ? undefined : this.#decode(text)
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
    const { text, values, hasOnePlan } = toListStatement(this.#reading.schema, query)
    const name = hasOnePlan ? this.#nameOf(text) : undefined
    const texts = await this.#reading.readTexts({
      ...{ operation: 'list entries', text, values },
      ...(name !== undefined && { name }),
    })
    const entries = texts.map((each) => this.#decode(each))
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

  /** The name of the statement, by which a connection keeps its plan; undefined if there are too many of them. */
  #nameOf(text: string): string | undefined {
    if (!this.#names.has(text) && this.#names.size < MAX_NAMES)
      this.#names.set(text, `list_${this.#names.size}`)
    return this.#names.get(text)
  }

  /** DAMAGED for what is no entry. */
  #decode(text: string): ModelEntry {
    try {
      return this.#cache.get(text, decodeText)
    } catch (cause) {
      if (!isCatalogError(cause) && !(cause instanceof SyntaxError)) throw cause
      const path = this.#reading.place
      const problem = `an entry cannot be read: ${cause.message}`
      throw new CatalogError('DAMAGED', `${path} is damaged: ${problem}`, { path, problem }, { cause })
    }
  }
}

/** @param text as {@link ENTRY} gives it */
function decodeText(text: string): ModelEntry {
  const space = text.indexOf(' ')
  return decodeEntry(JSON.parse(text.slice(space + 1)), Number(text.slice(0, space)))
}

function sumOf(counts: StateCounts, states = Object.keys(counts) as readonly (keyof StateCounts)[]): number {
  return [...new Set(states)].reduce((sum, state) => sum + counts[state], 0)
}
