import { createInvalidInput } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { assertKnownOptions } from './operation-options.ts'

/** The longest lease or download without renewal: what is forgotten ends by itself. */
const MAX_SPAN_MS = 30 * 24 * 60 * 60 * 1000

/** For how long, or until when: one of the two. */
export interface TimeSpan {
  /** From now on, in milliseconds; 30 days at most. */
  readonly forMs?: number | undefined
  /** A time to come, within 30 days: a `Date`, or ISO-8601. */
  readonly until?: Date | string | undefined
}

/** A length of time in milliseconds, or INVALID_INPUT. */
export function parseForMs(forMs: unknown): number {
  if (typeof forMs === 'number' && Number.isSafeInteger(forMs) && forMs > 0 && forMs <= MAX_SPAN_MS) {
    return forMs
  }
  throw createProblem('forMs', `must be a whole number of milliseconds from 1 to ${MAX_SPAN_MS} (30 days)`)
}

/** When the span ends, in milliseconds from now on, or INVALID_INPUT. */
export function parseTimeSpan({ clock }: Pick<CatalogContext, 'clock'>, options: TimeSpan): number {
  assertKnownOptions(options, ['forMs', 'until', 'holder', 'actor', 'reason'])
  const { forMs, until } = options
  if (until === undefined) return parseForMs(forMs)
  if (forMs !== undefined) throw createProblem('until', 'must not be given together with forMs')
  const leftMs = toTime(until) - clock.now().getTime()
  if (leftMs > 0 && leftMs <= MAX_SPAN_MS) return leftMs
  throw createProblem('until', 'must be a time to come, within 30 days')
}

/** The time so far from now, ISO-8601 UTC. */
export function toUntil({ clock }: Pick<CatalogContext, 'clock'>, forMs: number): string {
  return new Date(clock.now().getTime() + forMs).toISOString()
}

// A day without a time, or a time without a zone, would mean different moments on different machines.
function toTime(until: unknown): number {
  if (until instanceof Date) return until.getTime()
  const isIso = typeof until === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/u.test(until)
  return isIso ? Date.parse(until) : Number.NaN
}

function createProblem(field: string, problem: string): Error {
  return createInvalidInput([{ field, problem }])
}
