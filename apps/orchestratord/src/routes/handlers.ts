import type { OperationId } from '../openapi/operations.ts'
import { registerModel, removeModel, updateModel } from './change-models.ts'
import type { Handler } from './context.ts'
import { getModelCopies, listCopies } from './read-copies.ts'
import { getModel, getModelHistory, listModels } from './read-models.ts'
import { watchModels } from './watch-models.ts'

/** What each operation does. */
export const HANDLERS: Readonly<Record<OperationId, Handler>> = {
  registerModel,
  listModels,
  getModel,
  updateModel,
  removeModel,
  getModelHistory,
  getModelCopies,
  listCopies,
  watchModels,
  getHealth: async () => ({ status: 'ok' }),
  async getReadiness({ catalog }) {
    await catalog.use((opened) => opened.refresh())
    return { status: 'ok' }
  },
  async getMetrics({ catalog, metrics }, _request, reply) {
    const text = await metrics.collect(catalog)
    return reply.type(metrics.contentType).send(text)
  },
  getDescription: async ({ description }) => description,
}
