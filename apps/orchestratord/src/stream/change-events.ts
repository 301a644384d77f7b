/** Room `stream`: the changes of the catalog as server-sent events. */

import { type Catalog, type CommittedChange, isCatalogError } from 'model-catalog'
import { formatPlace, type StreamPlace, sinceOf } from './stream-place.ts'

/** One event of the stream. */
export interface StreamEvent {
  readonly event: 'reset' | 'change'
  readonly id: string
  readonly data: unknown
}

export interface ChangeEventsOptions {
  /** Where the client was; undefined for one that comes for the first time. */
  readonly place: StreamPlace | undefined
  readonly signal: AbortSignal
  readonly toData: (change: CommittedChange) => unknown
}

/**
 * The changes after a place, each exactly once, and on. A client that comes for the first time, or whose place the history
 * does not reach back to, gets `reset` first: it lists the models anew, and misses nothing from there on.
 */
export async function* changeEvents(
  catalog: Catalog,
  { place, signal, toData }: ChangeEventsOptions,
): AsyncGenerator<StreamEvent, void, undefined> {
  const present = await catalog.refresh()
  if (place !== undefined && place.position <= present) {
    try {
      yield* changesAfter(catalog, { place, signal, toData })
      return
    } catch (error) {
      // The history was pruned to behind the place.
      if (!isCatalogError(error, 'INVALID_INPUT')) throw error
    }
  }
  const position = await catalog.refresh()
  yield { event: 'reset', id: formatPlace({ position }), data: { position } }
  yield* changesAfter(catalog, { place: { position }, signal, toData })
}

async function* changesAfter(
  catalog: Catalog,
  { place, signal, toData }: ChangeEventsOptions & { readonly place: StreamPlace },
): AsyncGenerator<StreamEvent, void, undefined> {
  let at = { position: -1, index: 0 }
  for await (const change of catalog.watch({ since: sinceOf(place), signal })) {
    const { position } = change
    at = { position, index: position === at.position ? at.index + 1 : 0 }
    const isKnown = position === place.position && at.index <= (place.index ?? 0)
    if (!isKnown) yield { event: 'change', id: formatPlace(at), data: toData(change) }
  }
}

/** The event as the protocol has it. JSON has no line breaks of its own. */
export function formatEvent({ event, id, data }: StreamEvent): string {
  return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`
}
