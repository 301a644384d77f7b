import type { FastifyReply, FastifyRequest } from 'fastify'
import { toProblem } from '../problems/to-problem.ts'
import { toChange } from '../schemas/answers.ts'
import { changeEvents, formatEvent, type StreamEvent } from '../stream/change-events.ts'
import { parsePlace } from '../stream/stream-place.ts'
import type { ServiceContext } from './context.ts'

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx would collect the events before it passes them on.
  'x-accel-buffering': 'no',
  connection: 'close',
}

/** The changes of the catalog as server-sent events, from where the client was. */
export async function watchModels(
  { catalog, streams }: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const last = request.headers['last-event-id']
  const place = last === undefined ? undefined : parsePlace(String(last))
  const stop = streams.enter()
  const formatError = (error: unknown): string =>
    `event: problem\ndata: ${JSON.stringify(toProblem(error, request.id))}\n\n`
  try {
    await catalog.use(async (opened) => {
      // What is wrong with the catalog is told by the status as long as it can be.
      await opened.refresh()
      reply.hijack()
      reply.raw.writeHead(200, { ...HEADERS, 'x-request-id': request.id })
      const toEvents = (signal: AbortSignal) =>
        format(changeEvents(opened, { place, signal, toData: toChange }))
      await streams.send(stop, reply.raw, toEvents, formatError)
    })
  } catch (error) {
    if (!reply.sent) throw error
    request.log.warn({ err: error }, 'event stream ended')
  } finally {
    streams.leave(stop)
  }
  return reply
}

async function* format(events: AsyncIterable<StreamEvent>): AsyncGenerator<string, void, undefined> {
  for await (const event of events) yield formatEvent(event)
}
