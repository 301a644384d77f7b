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

/** The actor and the reason of a change, and the revision that it requires. */
export interface WriteOptions extends Attribution {
  /** The revision that the caller saw: CONFLICT if the entry is at another one. */
  readonly ifRevision?: number | undefined
}

/** How a verification is observed, cancelled and attributed. */
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
