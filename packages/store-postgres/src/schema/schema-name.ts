import { createInvalidInput } from '@catalog/types'

/** The schema of a catalog, quoted: in front of every name, so that no search path decides what is meant. */
export type QuotedSchema = string & { readonly __quoted: true }

const NAME = /^[a-z_][a-z0-9_]{0,62}$/u

/** The name in double quotes. INVALID_INPUT unless it is a plain one, which needs none. */
export function quoteSchema(name: string): QuotedSchema {
  if (NAME.test(name) && !name.startsWith('pg_')) return `"${name}"` as QuotedSchema
  const problem = 'must have 1 to 63 characters of a-z, 0-9 and _, without a digit or pg_ in front'
  throw createInvalidInput([{ field: 'schema', problem }])
}
