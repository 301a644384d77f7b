import * as z from 'zod'
import { createInvalidInput } from './catalog-error.ts'
import { LIFECYCLE_STATES, type LifecycleState } from './lifecycle-state.ts'
import { findProblems } from './problems.ts'

/** Which models, ordered by id (by code unit). All filters must hold. */
export interface ListQuery {
  readonly state?: LifecycleState | undefined
  /** The exact display name. */
  readonly name?: string | undefined
  /** Only ids after this one: the last id of a page asks for the next, whatever was changed in between. */
  readonly after?: string | undefined
  /** The most entries to return; all where absent. */
  readonly limit?: number | undefined
}

const stateSchema = z.enum(LIFECYCLE_STATES)
const querySchema = z.strictObject({
  state: stateSchema.optional(),
  name: z.string().optional(),
  after: z.string().optional(),
  limit: z.int().positive().optional(),
})

/** The checked query, or INVALID_INPUT: an unknown filter is an error, never ignored. */
export function parseListQuery(input: unknown): ListQuery {
  const parsed = querySchema.safeParse(input)
  if (!parsed.success) throw createInvalidInput(findProblems(parsed.error, 'query'))
  return parsed.data
}

/** The state, or INVALID_INPUT naming the field `state`. */
export function parseLifecycleState(value: unknown): LifecycleState {
  const parsed = stateSchema.safeParse(value)
  if (!parsed.success) throw createInvalidInput(findProblems(parsed.error, 'state'))
  return parsed.data
}
