import * as z from 'zod'
import { createInvalidInput } from '../error/catalog-error.ts'
import { findProblems } from '../error/problems.ts'

/** A time of ISO 8601, with `Z` or an offset, or a date, which begins in UTC. */
export const timeSchema: z.ZodType<string, string> = z.union(
  [z.iso.datetime({ offset: true }), z.iso.date()],
  { error: 'must be a time of ISO 8601 with Z or an offset, or a date' },
)

/** A checked time in milliseconds since 1970. */
export function parseTime(text: string): number {
  return Date.parse(text)
}

/** A time that a caller gave, in milliseconds since 1970, or INVALID_INPUT naming the field. */
export function parseTimeInput(field: string, value: unknown): number {
  const parsed = timeSchema.safeParse(value)
  if (!parsed.success) throw createInvalidInput(findProblems(parsed.error, field))
  return parseTime(parsed.data)
}
