import * as z from 'zod'
import { LIFECYCLE_STATES, type LifecycleState } from '../entry/lifecycle-state.ts'
import { sha256DigestSchema } from '../entry/sha256-digest.ts'
import { sizeSchema } from '../entry/text-limits.ts'
import { parseTime, timeSchema } from '../entry/time.ts'
import { createInvalidInput } from '../error/catalog-error.ts'
import { findProblems } from '../error/problems.ts'
import { isCursor, LIST_ORDERS, type ListOrder } from './list-order.ts'

/** From one time to another, both included: ISO 8601, with `Z` or an offset, or a date, which begins in UTC. */
export interface TimeRange {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** From one number to another, both included. */
export interface SizeRange {
  readonly min?: number | undefined
  readonly max?: number | undefined
}

/** Which models, and in which order. All filters must hold. */
export interface ListQuery {
  /** One, or any of some. */
  readonly state?: LifecycleState | readonly LifecycleState[] | undefined
  /** The exact display name. */
  readonly name?: string | undefined
  /** Where the model comes from, in any spelling that means the same: see `ModelRef`. */
  readonly source?: string | undefined
  /** 64 hexadecimal characters in upper or lower case, with or without `sha256:`. */
  readonly digest?: string | undefined
  /** The exact path inside the root that the entry names; not the one that is made from its id. */
  readonly file?: string | undefined
  /** The exact path of a file registered in place. */
  readonly location?: string | undefined
  /** One tag, or some: all of them must be there. */
  readonly tag?: string | readonly string[] | undefined
  /** What stands in the id, the name, a tag or the shown part of the source, in whatever case. */
  readonly text?: string | undefined
  /** By `sizeOfEntry`. A model of unknown size is in no range. */
  readonly sizeBytes?: SizeRange | undefined
  readonly registeredAt?: TimeRange | undefined
  /** A model that was never verified is in no range. */
  readonly verifiedAt?: TimeRange | undefined
  /**
   * By id where absent, by code unit. With `-` in front the other way round. Models that are equal there are ordered by
   * id, those without the value come last.
   */
  readonly order?: ListOrder | undefined
  /**
   * Only what comes after: an id in the order by id, which need not be there any more; in any other order `next` of
   * the page before. Whatever was changed in between, no model shows up twice and none is left out whose own place
   * in the order is as it was.
   */
  readonly after?: string | undefined
  /** The most entries to return; all where absent. */
  readonly limit?: number | undefined
}

const MAX_TEXT_LENGTH = 4096

const stateSchema = z.enum(LIFECYCLE_STATES)
const sizeRangeSchema = z
  .strictObject({ min: sizeSchema.optional(), max: sizeSchema.optional() })
  .refine(({ min = 0, max = min }) => min <= max, 'must not have a min above its max')
const timeRangeSchema = z
  .strictObject({ from: timeSchema.optional(), to: timeSchema.optional() })
  .refine(
    ({ from, to }) => from === undefined || to === undefined || parseTime(from) <= parseTime(to),
    'must not have a from after its to',
  )
const querySchema = z
  .strictObject({
    state: z
      .union([stateSchema, z.array(stateSchema).min(1)], {
        error: `must be one of ${LIFECYCLE_STATES.join(', ')}, or a list of them`,
      })
      .optional(),
    name: z.string().optional(),
    source: z.string().optional(),
    digest: sha256DigestSchema.optional(),
    file: z.string().optional(),
    location: z.string().optional(),
    tag: z
      .union([z.string(), z.array(z.string()).min(1)], { error: 'must be a tag, or a list of tags' })
      .optional(),
    text: z.string().min(1).max(MAX_TEXT_LENGTH).optional(),
    sizeBytes: sizeRangeSchema.optional(),
    registeredAt: timeRangeSchema.optional(),
    verifiedAt: timeRangeSchema.optional(),
    order: z.enum(LIST_ORDERS).optional(),
    after: z.string().optional(),
    limit: z.int().positive().optional(),
  })
  .refine(({ after, order }) => after === undefined || isCursor(after, order), {
    path: ['after'],
    message: 'must be the next of a page in the same order',
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
