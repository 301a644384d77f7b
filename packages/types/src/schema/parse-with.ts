import type * as z from 'zod'
import { createInvalidInput } from '../error/catalog-error.ts'
import { findProblems } from './problems.ts'

/** What the schema makes of the input. INVALID_INPUT with all problems; those of the whole are problems of `root`. */
export function parseWith<T>(schema: z.ZodType<T>, input: unknown, root: string): T {
  const parsed = schema.safeParse(input, { reportInput: true })
  if (!parsed.success) throw createInvalidInput(findProblems(parsed.error, root))
  return parsed.data
}
