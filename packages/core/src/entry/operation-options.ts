import type { Attribution, DigestFileOptions } from '@catalog/types'
import {
  attributionShape,
  defineOptionalOptions,
  functionSchema,
  type OptionsParser,
  optionsSchema,
  revisionSchema,
  signalSchema,
} from '@catalog/types/schema'

/** Who removes a model or sets its state, why, and at which revision if only at that one. */
export interface WriteOptions extends Attribution {
  /** The revision that the caller saw; CONFLICT where the entry has another by now. */
  readonly ifRevision?: number | undefined
}

/** How a verification is watched, cancelled and attributed. */
export interface VerifyOptions extends DigestFileOptions, Attribution {}

export const parseWriteOptions: OptionsParser<WriteOptions> = defineOptionalOptions<WriteOptions>(
  optionsSchema({ ...attributionShape, ifRevision: revisionSchema.optional() }),
)

export const parseVerifyOptions: OptionsParser<VerifyOptions> = defineOptionalOptions<VerifyOptions>(
  optionsSchema({
    ...attributionShape,
    signal: signalSchema.optional(),
    onProgress: functionSchema<NonNullable<VerifyOptions['onProgress']>>().optional(),
  }),
)

export const parseAttributionOptions: OptionsParser<Attribution> = defineOptionalOptions<Attribution>(
  optionsSchema(attributionShape),
)
