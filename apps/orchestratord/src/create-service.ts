import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Catalog, CatalogObserver } from 'model-catalog'
import { createCatalogMetrics } from './catalog/catalog-metrics.ts'
import { SharedCatalog } from './catalog/shared-catalog.ts'
import { trackUnusedConnections } from './http/unused-connections.ts'
import { createOpenApiDocument } from './openapi/openapi-document.ts'
import { OPERATIONS, type OperationId } from './openapi/operations.ts'
import { ServiceProblem } from './problems/service-problem.ts'
import { toProblem } from './problems/to-problem.ts'
import type { ServiceContext } from './routes/context.ts'
import { HANDLERS } from './routes/handlers.ts'
import { parseQuery } from './schemas/parse.ts'
import { EventStreams, type StreamLimits } from './stream/event-streams.ts'

const VERSION = '2.0.0'
/** Longer than any id may be, so that a long one is refused by the rules of ids. */
const MAX_PATH_SEGMENT = 4096
const RETRY_AFTER_SECONDS = 5
const REQUEST_TIMEOUT_MS = 60_000

export interface ServiceOptions extends StreamLimits {
  /** With the observer that the metrics hear by. */
  readonly openCatalog: (observer: CatalogObserver) => Promise<Catalog>
  readonly actor: string
  readonly maxBodyBytes: number
  readonly logLevel: string
}

/** The service, not listening yet. `close` ends the event streams, the requests under way, and then the catalog. */
export async function createService(options: ServiceOptions): Promise<FastifyInstance> {
  const context = createContext(options)
  const { catalog, streams } = context
  let isStopping = false
  const service = fastify({
    bodyLimit: options.maxBodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: MAX_PATH_SEGMENT },
    genReqId,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: sendProblem,
    logger: { level: options.logLevel, serializers: { req: describeRequest } },
  })
  service.setErrorHandler(sendProblem)
  service.setNotFoundHandler(() => {
    throw new ServiceProblem('ROUTE_NOT_FOUND', 'In a path, the slashes of an id are percent-encoded: %2F')
  })
  service.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (isStopping) throw new ServiceProblem('STOPPING', 'Connect again in a moment')
  })
  const closeUnused = trackUnusedConnections(service.server)
  service.addHook('preClose', async () => {
    isStopping = true
    streams.closeAll()
    closeUnused()
  })
  service.addHook('onClose', () => catalog.close())
  // A page of any site may send text/plain to this machine without being asked.
  service.removeContentTypeParser('text/plain')
  service.addContentTypeParser(
    'application/merge-patch+json',
    { parseAs: 'string' },
    service.getDefaultJsonParser('error', 'error'),
  )
  for (const id of Object.keys(OPERATIONS) as OperationId[]) addRoute(service, context, id)
  return service
}

function createContext(options: ServiceOptions): ServiceContext {
  const metrics = createCatalogMetrics()
  return {
    catalog: new SharedCatalog(() => options.openCatalog(metrics.observer)),
    streams: new EventStreams(options),
    actor: options.actor,
    description: createOpenApiDocument(VERSION),
    metrics,
  }
}

function addRoute(service: FastifyInstance, context: ServiceContext, id: OperationId): void {
  const { method, path, query } = OPERATIONS[id]
  service.route({
    method,
    url: path.replace('{id}', ':id'),
    handler: async (request, reply) => HANDLERS[id](context, request, reply),
    // A parameter that does not exist is refused also where a handler takes none.
    preHandler: async (request) =>
      void (Object.keys(query.shape).length === 0 && parseQuery(query, request.query)),
  })
}

/** Answers an error as `application/problem+json`, and logs those that are the service's own. */
function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error, request.id)
  const isExpected = error instanceof ServiceProblem
  if (problem.status >= 500 && !isExpected)
    request.log.error({ err: error, code: problem.code }, 'request failed')
  if (problem.status === 413) discardRest(request, reply)
  if (problem.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS)
  void reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}

/**
 * Reads on, for as long as a request may take. If the connection were closed at once, the system would reset it, and a client
 * that is still sending would not see the answer.
 */
function discardRest(request: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader('connection')
  request.raw.resume()
}

/** A caller may give the id under which the log has its request. */
function genReqId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{1,64}$/u.test(given) ? given : randomUUID()
}

/** What the log has of a request: not its URL, for a query may carry a source with credentials. */
function describeRequest({ method, routeOptions, ip }: FastifyRequest): Record<string, unknown> {
  return { method, route: routeOptions.url, ip }
}
