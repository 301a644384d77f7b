/** Room `routes`: what each operation does. */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Catalog, isCatalogError, type ModelEntry, type WriteOptions } from 'model-catalog'
import { createPreconditionFailed, findIfRevision, toEtag } from '../http/if-match.ts'
import { toModel } from '../schemas/answers.ts'
import {
  type RegistrationBody,
  registrationSchema,
  type UpdateBody,
  updateSchema,
} from '../schemas/bodies.ts'
import { parse, parseQuery } from '../schemas/parse.ts'
import { removalQuerySchema } from '../schemas/queries.ts'
import { idOf, type ServiceContext } from './context.ts'
import { isSameModel } from './same-model.ts'

/** 201 with a new model, 200 with one that was registered with the same content before, else 409. */
export async function registerModel(
  { catalog, actor }: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const body = parse(registrationSchema, request.body, 'body')
  const { entry, isNew } = await catalog.use((opened) => registerOrFind(opened, body, actor))
  reply.header('location', `/v2/catalog/models/${encodeURIComponent(entry.id)}`)
  return sendModel(reply.code(isNew ? 201 : 200), entry)
}

async function registerOrFind(
  catalog: Catalog,
  body: RegistrationBody,
  actor: string,
): Promise<{ readonly entry: ModelEntry; readonly isNew: boolean }> {
  try {
    return { entry: await catalog.register({ ...body, actor }), isNew: true }
  } catch (error) {
    if (!isCatalogError(error, 'ALREADY_EXISTS')) throw error
    const entry = await catalog.get(body.id)
    if (entry === undefined || !isSameModel(entry, body)) throw error
    return { entry, isNew: false }
  }
}

export async function updateModel(
  { catalog, actor }: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const body = parse(updateSchema, request.body, 'body')
  const entry = await catalog.use(async (opened) => {
    const ifRevision = await findIfRevision(opened, idOf(request), request.headers['if-match'])
    const options = { actor, reason: body.reason, ifRevision }
    return changeModel(opened, idOf(request), body, options).catch(throwPreconditionFailed)
  })
  return sendModel(reply, entry)
}

function changeModel(
  catalog: Catalog,
  id: string,
  { state, reason: _reason, ...update }: UpdateBody,
  options: WriteOptions,
): Promise<ModelEntry> {
  return state === undefined ? catalog.update(id, update, options) : catalog.setState(id, state, options)
}

export async function removeModel(
  { catalog, actor }: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { reason } = parseQuery(removalQuerySchema, request.query)
  await catalog.use(async (opened) => {
    const ifRevision = await findIfRevision(opened, idOf(request), request.headers['if-match'])
    await opened.remove(idOf(request), { actor, reason, ifRevision }).catch(throwPreconditionFailed)
  })
  return reply.code(204).send()
}

/** A model that was changed between the look at its revision and the commit. */
function throwPreconditionFailed(error: unknown): never {
  if (isCatalogError(error, 'CONFLICT')) throw createPreconditionFailed(error.details.foundRevision)
  throw error
}

function sendModel(reply: FastifyReply, entry: ModelEntry): FastifyReply {
  return reply.header('etag', toEtag(entry)).send(toModel(entry))
}
