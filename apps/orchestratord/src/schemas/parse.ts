import { CatalogError } from 'model-catalog'
import type * as z from 'zod'

/** What a caller sent, checked; else INVALID_INPUT naming every field that is wrong or unknown. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues.flatMap((issue) => {
    const field = issue.path.map(String).join('.') || what
    if (issue.code !== 'unrecognized_keys') return [{ field, problem: issue.message }]
    return issue.keys.map((key) => ({
      field: [...issue.path, key].map(String).join('.'),
      problem: 'is not a known field',
    }))
  })
  const message = problems.map(({ field, problem }) => `${field}: ${problem}`).join('; ')
  throw new CatalogError('INVALID_INPUT', message, { problems })
}

/** The same of the query of a URL, in which `?state=Active` is a list of one. */
export function parseQuery<T>(schema: z.ZodType<T>, query: unknown, lists: readonly string[] = []): T {
  const fields = Object.entries(query ?? {}).map(([key, value]) => [
    key,
    lists.includes(key) && typeof value === 'string' ? [value] : value,
  ])
  return parse(schema, Object.fromEntries(fields), 'query')
}
