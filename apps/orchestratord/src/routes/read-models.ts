import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Catalog, CatalogError, isCatalogError, type ListPage, type ListQuery } from 'model-catalog'
import { createNotFound, isNotModified, toEtag } from '../http/if-match.ts'
import { toChange, toModel } from '../schemas/answers.ts'
import { parseQuery } from '../schemas/parse.ts'
import { historyQuerySchema, type ListParameters, listQuerySchema } from '../schemas/queries.ts'
import { idOf, type ServiceContext } from './context.ts'

export async function listModels({ catalog }: ServiceContext, request: FastifyRequest): Promise<unknown> {
  const query = parseListQuery(request)
  const { entries, next } = await catalog.use((opened) => readPage(opened, query))
  return { models: entries.map(toModel), next }
}

/** What a request asks for: a malformed one is refused whatever the catalog is like. */
export function parseListQuery({ query }: FastifyRequest): ListQuery {
  return toListQuery(parseQuery(listQuerySchema, query, ['state', 'tag']))
}

/** The page that a query asks for. */
export async function readPage(opened: Catalog, query: ListQuery): Promise<ListPage> {
  // In the order by id the catalog takes any text for a cursor; here it must be one that a page has given.
  if (query.after !== undefined && isById(query)) await opened.get(query.after).catch(throwMalformedCursor)
  return await opened.page(query)
}

function toListQuery(parameters: ListParameters): ListQuery {
  const { minSizeBytes, maxSizeBytes, minParameters, maxParameters, ...others } = parameters
  const { registeredFrom, registeredTo, verifiedFrom, verifiedTo, ...query } = others
  return {
    ...query,
    sizeBytes: toRange({ min: minSizeBytes, max: maxSizeBytes }),
    parameters: toRange({ min: minParameters, max: maxParameters }),
    registeredAt: toRange({ from: registeredFrom, to: registeredTo }),
    verifiedAt: toRange({ from: verifiedFrom, to: verifiedTo }),
  }
}

/** A range without ends is not a filter. */
function toRange<T extends object>(range: T): T | undefined {
  return Object.values(range).every((end) => end === undefined) ? undefined : range
}

function isById({ order = 'id' }: ListQuery): boolean {
  return order === 'id' || order === '-id'
}

function throwMalformedCursor(error: unknown): never {
  if (!isCatalogError(error, 'INVALID_INPUT')) throw error
  const problem = 'must be the next of a page in the same order'
  throw new CatalogError('INVALID_INPUT', `after ${problem}`, { problems: [{ field: 'after', problem }] })
}

export async function getModel(
  { catalog }: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const entry = await catalog.use((opened) => opened.get(idOf(request)))
  if (entry === undefined) throw createNotFound(idOf(request))
  reply.header('etag', toEtag(entry))
  if (isNotModified(entry, request.headers['if-none-match'])) return reply.code(304).send()
  return toModel(entry)
}

/** A model that was removed has its history still; 404 for an id of which neither entry nor history is left. */
export async function getModelHistory(
  { catalog }: ServiceContext,
  request: FastifyRequest,
): Promise<unknown> {
  const { after, limit } = parseQuery(historyQuerySchema, request.query)
  const id = idOf(request)
  const all = await catalog.use(async (opened) => {
    const changes = await opened.history.of(id)
    if (changes.length === 0 && (await opened.get(id)) === undefined) throw createNotFound(id)
    return changes
  })
  const later = all.filter(({ revision }) => revision > after)
  const changes = later.slice(0, limit)
  return { changes: changes.map(toChange), next: later.length > limit ? changes.at(-1)?.revision : undefined }
}
