import * as z from 'zod'
import { createInvalidInput } from '../error/catalog-error.ts'
import { describeUnknownOption, findShapeProblem } from '../options/option-problems.ts'
import { parseWith } from './parse-with.ts'

/**
 * Returns the checked options, or throws a CatalogError INVALID_INPUT that names every option that is wrong
 * or does not exist.
 */
export type OptionsParser<T> = (options: unknown) => T

/**
 * Creates the parser of a method's options from a schema of `optionsSchema`.
 *
 * @param root the name of the options as a whole, which a problem with them begins with
 */
export function defineOptions<T extends object>(schema: z.ZodType<T>, root = 'options'): OptionsParser<T> {
  return (options) => {
    const problem = findShapeProblem(options, root)
    if (problem !== undefined) throw createInvalidInput([problem])
    return parseWith(schema, options, root)
  }
}

/**
 * As `defineOptions`, for options that may be absent: then the parser returns an empty object at no cost.
 */
export function defineOptionalOptions<T extends object>(
  schema: Partial<T> extends T ? z.ZodType<T> : never,
  root?: string,
): OptionsParser<T> {
  const parse = defineOptions<T>(schema, root)
  const none = Object.freeze({}) as T
  return (options) => (options === undefined ? none : parse(options))
}

/**
 * An object with these options and no others. The problem with an unknown option names the nearest known one.
 */
export function optionsSchema<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return strictSchema(shape, 'an option')
}

/** The same for an input whose fields are not options: a registration, a plan. */
export function fieldsSchema<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return strictSchema(shape, 'a known field')
}

function strictSchema<Shape extends z.ZodRawShape>(
  shape: Shape,
  kind: 'an option' | 'a known field',
): z.ZodObject<Shape, z.core.$strict> {
  const names = Object.keys(shape)
  return z.strictObject(shape, {
    // A line for each of the keys: `findProblems` takes them apart.
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => describeUnknownOption(key, names, kind)).join('\n')
        : undefined,
  })
}

/**
 * A schema for what passes a check.
 *
 * @param problem what the value must be, as words that follow its name
 */
export function customSchema<T>(isRight: (value: unknown) => boolean, problem: string): z.ZodType<T, T> {
  return z.custom<T>(isRight, problem)
}

/**
 * A function with any parameters.
 *
 * @typeParam T - The function that the option has: zod cannot inspect one.
 */
export function functionSchema<T extends (...args: never[]) => unknown>(): z.ZodType<T, T> {
  return customSchema<T>((value) => typeof value === 'function', 'must be a function')
}
