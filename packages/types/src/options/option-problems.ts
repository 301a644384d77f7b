import type { InputProblem } from '../error/catalog-error.ts'
import { findNearestName } from './nearest-name.ts'

/**
 * What is wrong with an option that does not exist, in words that follow its name.
 *
 * @param kind what the known names are
 */
export function describeUnknownOption(
  written: string,
  names: readonly string[],
  kind: 'an option' | 'a known field' = 'an option',
): string {
  const nearest = findNearestName(written, names)
  return nearest === undefined ? `is not ${kind}` : `is not ${kind}: did you mean ${nearest}?`
}

/** The problem of what stands where an object of options belongs and is not one. */
export function findShapeProblem(options: unknown, field = 'options'): InputProblem | undefined {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return undefined
  return { field, problem: `must be an object, not ${nameKind(options)}` }
}

/** Whether a value is an `AbortSignal`, also that of another realm. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false
  const { aborted, addEventListener } = value as Partial<AbortSignal>
  return typeof aborted === 'boolean' && typeof addEventListener === 'function'
}

/** What a value is, for a person: `a string`, `null`. */
export function nameKind(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
