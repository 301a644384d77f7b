import { InvalidArgumentError } from 'commander'

/** A count of bytes or of models, as commander parses an option. */
export function parseWholeNumber(text: string): number {
  const value = Number(text)
  if (/^[0-9]+$/u.test(text) && Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be a whole number.')
}

/** The same from 1. */
export function parsePositiveNumber(text: string): number {
  const value = parseWholeNumber(text)
  if (value > 0) return value
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

/** An option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
