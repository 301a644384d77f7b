import { MAX_FACT_LENGTH } from '@catalog/types'

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu

/**
 * A text of a header, fit for a terminal and for the journal: one line of at most 200 characters, without control and
 * invisible characters; undefined if nothing is left of it, and for what is not a text.
 */
export function toFactText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  // More than is shown, so that spaces cost nothing, and little enough for any text.
  const line = value
    .slice(0, 4 * MAX_FACT_LENGTH)
    .replace(INVISIBLE, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
  const cut = line
    .slice(0, MAX_FACT_LENGTH)
    .replace(/[\uD800-\uDBFF]$/u, '')
    .trimEnd()
  return cut === '' ? undefined : cut
}

/** A count that a header states; undefined for what is not a positive integer that can be counted exactly. */
export function toFactCount(value: unknown): number | undefined {
  const count = typeof value === 'bigint' ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : undefined
}
