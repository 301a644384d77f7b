import type { FastifyRequest } from 'fastify'
import { createNotFound } from '../http/if-match.ts'
import { type PublicCopies, toModelCopies } from '../schemas/answers.ts'
import { idOf, type ServiceContext } from './context.ts'
import { parseListQuery, readPage } from './read-models.ts'

export async function getModelCopies(
  { catalog }: ServiceContext,
  request: FastifyRequest,
): Promise<PublicCopies> {
  const id = idOf(request)
  return await catalog.use(async (opened) => {
    const entry = await opened.get(id)
    if (entry === undefined) throw createNotFound(id)
    const [copies = []] = await opened.fleet.copiesOf([entry])
    return toModelCopies(entry, copies)
  })
}

export async function listCopies({ catalog }: ServiceContext, request: FastifyRequest): Promise<unknown> {
  const query = parseListQuery(request)
  return await catalog.use(async (opened) => {
    const { entries, next } = await readPage(opened, query)
    const copies = await opened.fleet.copiesOf(entries)
    return { models: entries.map((entry, index) => toModelCopies(entry, copies[index] ?? [])), next }
  })
}
