import * as z from 'zod'
import { LIFECYCLE_STATES } from '../entry/lifecycle-state.ts'
import { MAX_FACT_LENGTH } from '../entry/model-facts.ts'
import { parseTime } from '../entry/time.ts'
import { isCursor, LIST_ORDERS } from '../query/list-order.ts'
import type { ListQuery } from '../query/list-query.ts'
import { defineOptionalOptions, type OptionsParser, optionsSchema } from './define-options.ts'
import { lifecycleStateSchema, sha256DigestSchema, sizeSchema, timeSchema } from './value-schemas.ts'

const MAX_TEXT_LENGTH = 4096

const rangeSchema = optionsSchema({ min: sizeSchema.optional(), max: sizeSchema.optional() }).refine(
  ({ min = 0, max = min }) => min <= max,
  'must not have a min above its max',
)
const timeRangeSchema = optionsSchema({ from: timeSchema.optional(), to: timeSchema.optional() }).refine(
  ({ from, to }) => from === undefined || to === undefined || parseTime(from) <= parseTime(to),
  'must not have a from after its to',
)
const querySchema = optionsSchema({
  state: z
    .union([lifecycleStateSchema, z.array(lifecycleStateSchema).min(1)], {
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
  sizeBytes: rangeSchema.optional(),
  architecture: z.string().min(1).max(MAX_FACT_LENGTH).optional(),
  quantisation: z.string().min(1).max(MAX_FACT_LENGTH).optional(),
  parameters: rangeSchema.optional(),
  registeredAt: timeRangeSchema.optional(),
  verifiedAt: timeRangeSchema.optional(),
  order: z.enum(LIST_ORDERS).optional(),
  after: z.string().optional(),
  limit: z.int().positive().optional(),
}).refine(({ after, order }) => after === undefined || isCursor(after, order), {
  path: ['after'],
  message: 'must be the next of a page in the same order',
})

/**
 * Parses a query. An unknown filter is an error, never ignored.
 *
 * @throws {CatalogError} INVALID_INPUT if a field is wrong or unknown
 */
export const parseListQuery: OptionsParser<ListQuery> = defineOptionalOptions<ListQuery>(querySchema, 'query')
