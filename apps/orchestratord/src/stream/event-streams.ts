import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { ServiceProblem } from '../problems/service-problem.ts'

export interface StreamLimits {
  /** How many streams may be open at a time. */
  readonly maxStreams: number
  /** How long a client may not read before its stream is closed, in milliseconds. */
  readonly stalledMs: number
  /** How often a stream without changes sends a comment, so that no proxy takes it for dead. */
  readonly heartbeatMs: number
}

/** How long a client waits before it comes back, in milliseconds. */
const RETRY_MS = 2000

/**
 * The open event streams. A stream takes its next event only when the client has read those before it, so a slow client
 * costs no memory; one that does not read at all is closed.
 */
export class EventStreams {
  readonly #limits: StreamLimits
  readonly #stops = new Set<AbortController>()
  #isStopping = false

  constructor(limits: StreamLimits) {
    this.#limits = limits
  }

  /** Takes a place among the streams, to be left again; refuses one that would be one too many. */
  enter(): AbortController {
    const { maxStreams } = this.#limits
    if (this.#isStopping) throw new ServiceProblem('STOPPING', 'Connect again in a moment')
    if (this.#stops.size >= maxStreams) {
      throw new ServiceProblem('TOO_MANY_STREAMS', 'Close another stream, or connect again later', {
        limit: maxStreams,
      })
    }
    const stop = new AbortController()
    this.#stops.add(stop)
    return stop
  }

  leave(stop: AbortController): void {
    this.#stops.delete(stop)
  }

  /** Sends the events until the client goes, does not read, or `closeAll` is called. Rejects with what they reject with. */
  async send(
    stop: AbortController,
    response: ServerResponse,
    toEvents: (signal: AbortSignal) => AsyncIterable<string>,
    formatError: (error: unknown) => string,
  ): Promise<void> {
    response.once('close', () => stop.abort())
    const heartbeat = setInterval(() => {
      if (!response.writableNeedDrain) response.write(':\n\n')
    }, this.#limits.heartbeatMs)
    try {
      response.write(`retry: ${RETRY_MS}\n\n`)
      for await (const event of toEvents(stop.signal)) await this.#write(response, event, stop.signal)
    } catch (error) {
      if (stop.signal.aborted) return
      response.write(formatError(error))
      throw error
    } finally {
      clearInterval(heartbeat)
      response.end()
    }
  }

  /** Ends all streams, and lets no other begin. */
  closeAll(): void {
    this.#isStopping = true
    for (const stop of this.#stops) stop.abort()
  }

  async #write(response: ServerResponse, event: string, signal: AbortSignal): Promise<void> {
    if (response.write(event)) return
    const stalled = AbortSignal.timeout(this.#limits.stalledMs)
    try {
      await once(response, 'drain', { signal: AbortSignal.any([signal, stalled]) })
    } catch (error) {
      // What is not read cannot be ended in order either.
      response.destroy()
      throw error
    }
  }
}
