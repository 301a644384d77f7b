import { LIFECYCLE_STATES, LIST_ORDERS } from 'model-catalog'
import * as z from 'zod'

/** The most models, or changes, of one page. */
const MAX_LIMIT = 1000
const DEFAULT_LIMIT = 100

/** A number in a URL. */
function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  return z
    .string()
    .regex(/^[0-9]{1,16}$/u, 'must be a non-negative decimal integer')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`)
    .meta({ type: 'integer', minimum, maximum })
}

const text = z.string().min(1).max(4096)
const limit = integer(1, MAX_LIMIT).default(DEFAULT_LIMIT)

export const listQuerySchema = z.strictObject({
  state: z.array(z.enum(LIFECYCLE_STATES)).optional(),
  tag: z.array(text).optional(),
  name: text.optional(),
  source: text.optional(),
  digest: text.optional(),
  text: text.optional(),
  minSizeBytes: integer(0).optional(),
  maxSizeBytes: integer(0).optional(),
  architecture: text.optional().describe('As the header says: llama'),
  quantisation: text.optional().describe('As llama.cpp names it: Q4_K_M'),
  minParameters: integer(0).optional(),
  maxParameters: integer(0).optional(),
  registeredFrom: text.optional(),
  registeredTo: text.optional(),
  verifiedFrom: text.optional(),
  verifiedTo: text.optional(),
  order: z.enum(LIST_ORDERS).optional(),
  after: text.optional().describe('The next of the page before, in the same order'),
  limit,
})

export type ListParameters = z.infer<typeof listQuerySchema>

export const historyQuerySchema = z.strictObject({
  after: integer(0).default(0).describe('Only changes after this revision of the model'),
  limit,
})

export const removalQuerySchema = z.strictObject({
  reason: z.string().min(1).max(1000).optional(),
})

export const noQuerySchema = z.strictObject({})
