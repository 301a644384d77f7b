/** Room `options`: the names and types of options, without zod. */

import { createInvalidInput, type InputProblem } from '../error/catalog-error.ts'
import { describeUnknownOption, findShapeProblem, isAbortSignal } from './option-problems.ts'

/** The type of an option. `any`: the caller checks it. */
export type OptionKind = 'any' | 'boolean' | 'function' | 'number' | 'object' | 'signal' | 'string'

/** The type of each option of a function. */
export type OptionKinds<T> = Readonly<Record<keyof T, OptionKind>>

const EXPECTED: Readonly<Record<Exclude<OptionKind, 'any'>, string>> = {
  boolean: 'must be true or false',
  function: 'must be a function',
  number: 'must be a number',
  object: 'must be an object',
  signal: 'must be an AbortSignal',
  string: 'must be a string',
}

/**
 * Checks the names and types of options, for packages that load no schema library. An option may be
 * undefined. The error names every wrong option.
 *
 * @throws {CatalogError} INVALID_INPUT if an option does not exist or is of another type
 */
export function assertOptions<T extends object>(options: T, kinds: OptionKinds<T>): void {
  const shape = findShapeProblem(options)
  const problems = shape === undefined ? findOptionProblems(options, kinds) : [shape]
  if (problems.length > 0) throw createInvalidInput(problems)
}

function findOptionProblems(
  options: object,
  kinds: Readonly<Record<string, OptionKind>>,
): readonly InputProblem[] {
  return Object.entries(options).flatMap(([field, value]) => {
    const problem = Object.hasOwn(kinds, field)
      ? findValueProblem(value, kinds[field])
      : describeUnknownOption(field, Object.keys(kinds))
    return problem === undefined ? [] : [{ field, problem }]
  })
}

function findValueProblem(value: unknown, kind: OptionKind = 'any'): string | undefined {
  if (value === undefined || kind === 'any') return undefined
  const isRight = kind === 'signal' ? isAbortSignal(value) : value !== null && typeof value === kind
  return isRight ? undefined : EXPECTED[kind]
}
