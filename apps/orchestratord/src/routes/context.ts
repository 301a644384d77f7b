import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Catalog } from 'model-catalog'
import type { SharedCatalog } from '../catalog/shared-catalog.ts'
import type { EventStreams } from '../stream/event-streams.ts'

/** The metrics of a catalog as text. */
export interface Metrics {
  readonly contentType: string
  readonly collect: (catalog: Catalog) => Promise<string>
}

/** What the operations work with. */
export interface ServiceContext {
  readonly catalog: SharedCatalog
  readonly streams: EventStreams
  /** Who stands in the history for what callers of the service change. */
  readonly actor: string
  readonly description: object
  readonly metrics: Metrics | undefined
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
