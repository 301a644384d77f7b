import { createInvalidInput } from '@catalog/types'
import { customSchema } from '@catalog/types/schema'
import type { CatalogContext } from '../context/catalog-ports.ts'

/** The longest lease or download without renewal: what is forgotten ends by itself. */
export const MAX_SPAN_MS: number = 30 * 24 * 60 * 60 * 1000

/** How far the clocks of machines may be apart. */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1000

/** Whether a time that was written is further ahead than clocks differ, so that the clock that gave it was wrong. */
export function isAhead(
  { clock }: Pick<CatalogContext, 'clock'>,
  time: string,
  allowedMs: number = 0,
): boolean {
  return Date.parse(time) - clock.now().getTime() > allowedMs + CLOCK_TOLERANCE_MS
}

/** A duration or an end: exactly one of the two. */
export interface TimeSpan {
  /** From now on, in milliseconds; at most 30 days. */
  readonly forMs?: number | undefined
  /** A future time within 30 days: a `Date`, or ISO-8601 with `Z` or an offset. */
  readonly until?: Date | string | undefined
}

/** A length of time in milliseconds. */
export const forMsSchema: ReturnType<typeof customSchema<number>> = customSchema<number>(
  // Stryker disable next-line ConditionalExpression: only the types need this: nothing else is a safe integer.
  (value) => typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value <= MAX_SPAN_MS,
  `must be an integer number of milliseconds from 1 to ${MAX_SPAN_MS} (30 days)`,
)

/** A time to come. Whether it is one, `toForMs` says: that depends on the clock. */
export const untilSchema: ReturnType<typeof customSchema<Date | string>> = customSchema<Date | string>(
  // Stryker disable next-line ConditionalExpression: of other values `toTime` says that they are no time.
  (value) => value instanceof Date || typeof value === 'string',
  'must be a Date or a time of ISO 8601 with Z or an offset',
)

/** When the span of checked options ends, in milliseconds from now on. INVALID_INPUT unless it is one of the two. */
export function toForMs({ clock }: Pick<CatalogContext, 'clock'>, { forMs, until }: TimeSpan): number {
  if (until === undefined) {
    if (forMs !== undefined) return forMs
    throw createProblem('forMs', 'or until must be given')
  }
  if (forMs !== undefined) throw createProblem('until', 'must not be given together with forMs')
  const leftMs = toTime(until) - clock.now().getTime()
  if (leftMs > 0 && leftMs <= MAX_SPAN_MS) return leftMs
  throw createProblem('until', 'must be a future time within 30 days')
}

/** The time so far from now, ISO-8601 UTC. */
export function toUntil({ clock }: Pick<CatalogContext, 'clock'>, forMs: number): string {
  return new Date(clock.now().getTime() + forMs).toISOString()
}

// A day without a time, or a time without a zone, would mean different moments on different machines.
function toTime(until: Date | string): number {
  if (until instanceof Date) return until.getTime()
  // Stryker disable next-line Regex: what Date.parse makes of more than that, other engines may not.
  const isIso = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/u.test(until)
  return isIso ? Date.parse(until) : Number.NaN
}

function createProblem(field: string, problem: string): Error {
  return createInvalidInput([{ field, problem }])
}
