import { createCommitFunction } from './commit-function.ts'
import { createPruneFunctions } from './prune-functions.ts'
import type { QuotedSchema } from './schema-name.ts'
import { createSingleChangeFunction } from './single-change-function.ts'
import { createTables } from './tables.ts'

/** A step from one format of the tables to the next. */
export interface Migration {
  /** The format that it leads to: 1, 2, 3 … */
  readonly version: number
  /** Its statements. */
  readonly sql: (schema: QuotedSchema) => string
}

/** All steps in order. One that was released is never changed. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: (schema) =>
      [
        createTables(schema),
        createCommitFunction(schema),
        createSingleChangeFunction(schema),
        createPruneFunctions(schema),
      ].join('\n'),
  },
]
