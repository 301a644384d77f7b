import type { Attribution, AuditEvent, DedupeMethod } from '@catalog/types'
import {
  attributionShape,
  booleanSchema,
  customSchema,
  defineOptionalOptions,
  defineOptions,
  functionSchema,
  type OptionsParser,
  optionsSchema,
  positiveNumberSchema,
  signalSchema,
} from '@catalog/types/schema'
import type { ApplyOptions } from '../apply/apply-plan.ts'

/** Which models an audit reads, how fast, and when it ends. Without a budget it reads all. */
export interface AuditOptions extends Attribution {
  /** Only models that this node last read longer ago than that. */
  readonly olderThanMs?: number | undefined
  /** The most bytes to read in a second, over the whole audit. */
  readonly bytesPerSecond?: number | undefined
  /** No model is begun that would take it past this, but for the first. */
  readonly maxBytes?: number | undefined
  /** No model is begun after this; one that is begun is read to its end. */
  readonly maxDurationMs?: number | undefined
  /** Cancels: the promise rejects with the signal's reason. What was checked is recorded. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: AuditEvent) => void) | undefined
}

/** Which files nobody needs. */
export interface CollectOptions {
  /** The files of Retired models. Default true. */
  readonly retired?: boolean | undefined
  /** Quarantined files. Default true. */
  readonly quarantined?: boolean | undefined
  /** What downloads left with which nobody is going on. Default true. */
  readonly partials?: boolean | undefined
  /** Files that no model names. Default false. */
  readonly orphans?: boolean | undefined
  /** Only files, and Retired models, that did not change for so long. */
  readonly olderThanMs?: number | undefined
}

export interface DedupeOptions {
  readonly method: DedupeMethod
}

export const parseAuditOptions: OptionsParser<AuditOptions> = defineOptionalOptions<AuditOptions>(
  optionsSchema({
    ...attributionShape,
    olderThanMs: positiveNumberSchema.optional(),
    bytesPerSecond: positiveNumberSchema.optional(),
    maxBytes: positiveNumberSchema.optional(),
    maxDurationMs: positiveNumberSchema.optional(),
    signal: signalSchema.optional(),
    onProgress: functionSchema<NonNullable<AuditOptions['onProgress']>>().optional(),
  }),
)

export const parseCollectOptions: OptionsParser<CollectOptions> = defineOptionalOptions<CollectOptions>(
  optionsSchema({
    retired: booleanSchema.optional(),
    quarantined: booleanSchema.optional(),
    partials: booleanSchema.optional(),
    orphans: booleanSchema.optional(),
    olderThanMs: positiveNumberSchema.optional(),
  }),
)

export const parseDedupeOptions: OptionsParser<DedupeOptions> = defineOptions<DedupeOptions>(
  optionsSchema({
    method: customSchema<DedupeMethod>(
      (value) => value === 'hard-link' || value === 'reflink',
      'must be hard-link or reflink',
    ),
  }),
)

export const parseApplyOptions: OptionsParser<ApplyOptions> = defineOptionalOptions<ApplyOptions>(
  optionsSchema({
    ...attributionShape,
    signal: signalSchema.optional(),
    onProgress: functionSchema<NonNullable<ApplyOptions['onProgress']>>().optional(),
  }),
)
