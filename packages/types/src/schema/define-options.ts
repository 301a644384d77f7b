import * as z from 'zod'
import { createInvalidInput } from '../error/catalog-error.ts'
import { describeUnknownOption, findShapeProblem } from '../options/option-problems.ts'
import { parseWith } from './parse-with.ts'

/** Gives the checked options. INVALID_INPUT names every option that is wrong or does not exist. */
export type OptionsParser<T> = (options: unknown) => T

/**
 * The parser of a method's options, by a schema of `optionsSchema`.
 *
 * @param root the name of the options as a whole, for what is wrong with them
 */
export function defineOptions<T extends object>(schema: z.ZodType<T>, root = 'options'): OptionsParser<T> {
  return (options) => {
    const problem = findShapeProblem(options, root)
    if (problem !== undefined) throw createInvalidInput([problem])
    return parseWith(schema, options, root)
  }
}

/** The same for options that need not be given: without any, an empty object at no cost. */
export function defineOptionalOptions<T extends object>(
  schema: Partial<T> extends T ? z.ZodType<T> : never,
): OptionsParser<T> {
  const parse = defineOptions<T>(schema)
  const none = Object.freeze({}) as T
  return (options) => (options === undefined ? none : parse(options))
}

/** An object with these fields and no others; one that does not exist is told which was likely meant. */
export function optionsSchema<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const names = Object.keys(shape)
  const unknown = z.custom<never>(() => false, {
    error: ({ path = [] }) => describeUnknownOption(String(path.at(-1)), names),
  })
  // For the types it is a strict object: zod would take any further key for one of type never.
  return z.object(shape).catchall(unknown) as unknown as z.ZodObject<Shape, z.core.$strict>
}

/** What passes a check; `problem` says in words that follow its name what it must be. */
export function customSchema<T>(isRight: (value: unknown) => boolean, problem: string): z.ZodType<T, T> {
  return z.custom<T>(isRight, problem)
}

/** A function, of whatever parameters. */
export function functionSchema<T extends (...args: never[]) => unknown>(): z.ZodType<T, T> {
  return customSchema<T>((value) => typeof value === 'function', 'must be a function')
}
