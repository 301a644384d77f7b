import * as z from 'zod'

/** A time of ISO 8601, with `Z` or an offset, or a date, which begins in UTC. */
export const timeSchema: z.ZodType<string, string> = z.union(
  [z.iso.datetime({ offset: true }), z.iso.date()],
  { error: 'must be a time of ISO 8601 with Z or an offset, or a date' },
)

/** A checked time in milliseconds since 1970. */
export function parseTime(text: string): number {
  return Date.parse(text)
}
