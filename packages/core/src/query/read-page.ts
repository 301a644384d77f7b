import type { ListQuery, ModelEntry } from '@catalog/types'
import { toCursor } from '@catalog/types/adapter'
import type { CatalogContext } from '../context/catalog-ports.ts'

/** One page of the models that a query asks for. */
export interface ListPage {
  readonly entries: readonly ModelEntry[]
  /** The value of `after` for the next page, in the same order; absent if there is none. */
  readonly next?: string
}

/** The page of a checked query. */
export async function readPage({ store }: CatalogContext, query: ListQuery): Promise<ListPage> {
  const { limit, order } = query
  if (limit === undefined) return { entries: await store.list(query) }
  // One more than asked for tells whether there are more.
  const found = await store.list({ ...query, limit: limit + 1 })
  const entries = found.slice(0, limit)
  if (found.length <= limit) return { entries }
  const last = entries.at(-1)
  // Stryker disable next-line ConditionalExpression,ObjectLiteral: only the types need this: a page has an entry.
  if (last === undefined) return { entries }
  return { entries, next: toCursor(last, order) }
}
