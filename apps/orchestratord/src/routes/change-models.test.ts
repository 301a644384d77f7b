import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Catalog, CatalogError, type ModelEntry } from 'model-catalog'
import { expect, it } from 'vitest'
import { SharedCatalog } from '../catalog/shared-catalog.ts'
import { removeModel, updateModel } from './change-models.ts'
import type { ServiceContext } from './context.ts'

/** A catalog in which another program changes every model between the look at its revision and the commit. */
const details = { id: 'm', expectedRevision: 1, foundRevision: 2 }
const overtake = (): Promise<never> => Promise.reject(new CatalogError('CONFLICT', 'changed', details))
const catalog = {
  get: async () => ({ id: 'm', revision: 1 }) as ModelEntry,
  ...{ update: overtake, setState: overtake, remove: overtake },
} as unknown as Catalog
const context = { catalog: new SharedCatalog(async () => catalog), actor: 'test' } as ServiceContext

it.each([
  ['update', updateModel, { name: 'x' }],
  ['set-state', updateModel, { state: 'Retired' }],
  ['remove', removeModel, undefined],
])('%s of a model that is changed meanwhile is 412 and not 409', async (_operation, handle, body) => {
  const request = { params: { id: 'm' }, headers: { 'if-match': '"1"' }, body, query: {} }
  const handled = handle(context, request as unknown as FastifyRequest, {} as FastifyReply)
  await expect(handled).rejects.toMatchObject({ code: 'PRECONDITION_FAILED', members: { revision: 2 } })
})
