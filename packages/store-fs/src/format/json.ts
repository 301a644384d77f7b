import {
  BACKSLASH,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTATION_MARK,
} from './characters.ts'

/** Deeper JSON is not ours, and would overflow the stack of the code that compares or formats it. */
const MAX_DEPTH = 500

/**
 * The value of a JSON text in bytes.
 *
 * @throws {Error} in words, if it is not JSON or is nested too deep
 */
export function parseJson(json: Buffer): unknown {
  if (isDeeperThan(json, MAX_DEPTH)) throw new Error(`it is nested deeper than ${MAX_DEPTH} levels`)
  return JSON.parse(json.toString('utf8'))
}

/** Whether the brackets of a JSON text go deeper than that. Of a short text it is known unread. */
export function isDeeperThan(json: Uint8Array, levels: number): boolean {
  // Stryker disable next-line ConditionalExpression,EqualityOperator,ArithmeticOperator: saves the look at a short text.
  if (json.length <= 2 * levels) return false
  let depth = 0
  // Stryker disable next-line EqualityOperator: behind the end is no bracket.
  for (let place = 0; place < json.length; place += 1) {
    const byte = json[place]
    if (byte === QUOTATION_MARK) place = findStringEnd(json, place + 1)
    else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) depth += 1
    else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) depth -= 1
    if (depth > levels) return true
  }
  return false
}

/** The place of the quotation mark that ends a string. */
function findStringEnd(json: Uint8Array, start: number): number {
  let place = start
  // Stryker disable next-line EqualityOperator: the caller goes on behind the end as well.
  while (place < json.length && json[place] !== QUOTATION_MARK) place += json[place] === BACKSLASH ? 2 : 1
  return place
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Where a catalog may begin to count from: further than any has ever come. */
export const MAX_START: number = 10 ** 15 - 1
/** Further than any comes from there, and below where integers are no longer exact. */
const MAX_COUNT = 2 ** 52

/** An integer from `least` to `most`. */
export function isCount(value: unknown, least: number, most: number = MAX_COUNT): value is number {
  // Stryker disable next-line ConditionalExpression: only the types need this: nothing else is an integer.
  if (typeof value !== 'number') return false
  return Number.isInteger(value) && value >= least && value <= most
}
