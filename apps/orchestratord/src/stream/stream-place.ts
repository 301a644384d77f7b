import { CatalogError } from 'model-catalog'

/**
 * Where a client is in the stream. Changes that were committed together have one position, so the id of an event is
 * `<position>.<index>`: the change of this index among those of the position. A position alone means all of it.
 */
export interface StreamPlace {
  readonly position: number
  readonly index?: number
}

export function formatPlace({ position, index }: StreamPlace): string {
  return index === undefined ? String(position) : `${position}.${index}`
}

/** The place that `Last-Event-ID` names. INVALID_INPUT if it is not an id of this stream. */
export function parsePlace(text: string): StreamPlace {
  const match = /^([0-9]{1,15})(?:\.([0-9]{1,9}))?$/u.exec(text)
  if (match === null) {
    const problem = 'must be the id of an event of this stream'
    throw new CatalogError('INVALID_INPUT', `Last-Event-ID ${problem}`, {
      problems: [{ field: 'Last-Event-ID', problem }],
    })
  }
  const position = Number(match[1])
  return match[2] === undefined ? { position } : { position, index: Number(match[2]) }
}

/** After which position to watch so as to see all that comes after the place. */
export function sinceOf({ position, index }: StreamPlace): number {
  return index === undefined ? position : Math.max(0, position - 1)
}
