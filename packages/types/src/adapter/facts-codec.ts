import * as z from 'zod'
import { MAX_FACT_LENGTH } from '../entry/model-facts.ts'
import { sha256DigestSchema, sizeSchema } from '../schema/value-schemas.ts'
import { shapeOf, type WireShape } from './key-map.ts'

/** What the headers of a model's files say. */
export const factsShape: WireShape = shapeOf({
  digest: 'digest',
  format: 'format',
  architecture: 'architecture',
  parameters: 'parameters',
  quantisation: 'quantisation',
  context_length: 'contextLength',
  tokenizer: 'tokenizer',
  tensor_count: 'tensorCount',
  licence: 'licence',
  name: 'name',
})

// A header may say anything: no entry grows by more than this.
const text = z.string().min(1).max(MAX_FACT_LENGTH)

export const facts: z.ZodType<Readonly<Record<string, unknown>>> = z.object({
  digest: sha256DigestSchema,
  format: text,
  architecture: text.nullish(),
  parameters: sizeSchema.nullish(),
  quantisation: text.nullish(),
  context_length: sizeSchema.nullish(),
  tokenizer: text.nullish(),
  tensor_count: sizeSchema.nullish(),
  licence: text.nullish(),
  name: text.nullish(),
})
