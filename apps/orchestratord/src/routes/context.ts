import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CatalogMetrics } from '../catalog/catalog-metrics.ts'
import type { SharedCatalog } from '../catalog/shared-catalog.ts'
import type { EventStreams } from '../stream/event-streams.ts'

/** What the operations work with. */
export interface ServiceContext {
  readonly catalog: SharedCatalog
  readonly streams: EventStreams
  /** Who stands in the history for what callers of the service change. */
  readonly actor: string
  readonly description: object
  readonly metrics: CatalogMetrics
}

export type Handler = (
  context: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<unknown>

/** The id in the path, decoded. The catalog checks it. */
export function idOf(request: FastifyRequest): string {
  return (request.params as { readonly id: string }).id
}
