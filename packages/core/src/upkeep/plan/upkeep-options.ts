import type { Attribution, AuditEvent, DedupeMethod } from '@catalog/types'
import {
  attributionShape,
  booleanSchema,
  customSchema,
  defineOptionalOptions,
  functionSchema,
  type OptionsParser,
  optionsSchema,
  positiveNumberSchema,
  signalSchema,
} from '@catalog/types/schema'
import type { ApplyOptions } from '../apply/apply-plan.ts'

/** Which models an audit reads, how fast, and when it ends. Without a budget it reads all. */
export interface AuditOptions extends Attribution {
  /** `stale`: only models of which only the ctime of a file changed since it was read, found by `stat`. */
  readonly only?: 'stale' | undefined
  /** Only models whose last reading is older than this. */
  readonly olderThanMs?: number | undefined
  /** The most bytes to read in a second, over the whole audit. */
  readonly bytesPerSecond?: number | undefined
  /** The most bytes to read: no model is begun that would exceed it, except the first. */
  readonly maxBytes?: number | undefined
  /** No model is begun after this time; one that is begun is read to the end. */
  readonly maxDurationMs?: number | undefined
  /** Cancels: the promise rejects with the signal's reason. What was checked is recorded. */
  readonly signal?: AbortSignal | undefined
  /** Called as bytes are read. */
  readonly onProgress?: ((progress: AuditEvent) => void) | undefined
}

/** What a comparison of the catalog with the disk may plan besides. */
export interface DoctorOptions {
  /**
   * Plans to forget what is known of files whose volume, or directory, is not there. Default false: they count again once
   * it is back.
   */
  readonly forgetAbsent?: boolean | undefined
}

/** Which files a collection removes. */
export interface CollectOptions {
  /** The files of Retired models. Default true. */
  readonly retired?: boolean | undefined
  /** Quarantined files. Default true. */
  readonly quarantined?: boolean | undefined
  /** Partial files of abandoned downloads. Default true. */
  readonly partials?: boolean | undefined
  /**
   * Files that no model names and that belong to none. `true`: those with the extension of a model file; or
   * patterns (`*`, `**`, `?`) for their paths in the root, or for their names if a pattern has no `/`.
   * Default false.
   */
  readonly orphans?: boolean | readonly string[] | undefined
  /**
   * Also files of the last verified copy of a model. Default false: in a store that several machines share they
   * are reported and stay. In a store of one machine they are always removed.
   */
  readonly lastCopy?: boolean | undefined
  /**
   * Only files, and Retired models, that did not change for so long. Default: 24 hours for orphans, 0 for
   * others.
   */
  readonly olderThanMs?: number | undefined
  /**
   * The most bytes to read of orphans while models with a known digest have no file: orphans that were not
   * read stay. Default 64 GiB.
   */
  readonly maxReadBytes?: number | undefined
}

/** How equal files are made to share their bytes. */
export interface DedupeOptions {
  /** Default `reference`: the models refer to one file. */
  readonly method?: DedupeMethod | undefined
}

export const parseAuditOptions: OptionsParser<AuditOptions> = defineOptionalOptions<AuditOptions>(
  optionsSchema({
    ...attributionShape,
    only: customSchema<'stale'>((value) => value === 'stale', 'must be stale').optional(),
    olderThanMs: positiveNumberSchema.optional(),
    bytesPerSecond: positiveNumberSchema.optional(),
    maxBytes: positiveNumberSchema.optional(),
    maxDurationMs: positiveNumberSchema.optional(),
    signal: signalSchema.optional(),
    onProgress: functionSchema<NonNullable<AuditOptions['onProgress']>>().optional(),
  }),
)

export const parseDoctorOptions: OptionsParser<DoctorOptions> = defineOptionalOptions<DoctorOptions>(
  optionsSchema({ forgetAbsent: booleanSchema.optional() }),
)

const orphansSchema: ReturnType<typeof customSchema<boolean | readonly string[]>> = customSchema<
  boolean | readonly string[]
>(
  (value) =>
    typeof value === 'boolean' ||
    (Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')),
  'must be a boolean or a list of patterns',
)

export const parseCollectOptions: OptionsParser<CollectOptions> = defineOptionalOptions<CollectOptions>(
  optionsSchema({
    retired: booleanSchema.optional(),
    quarantined: booleanSchema.optional(),
    partials: booleanSchema.optional(),
    orphans: orphansSchema.optional(),
    lastCopy: booleanSchema.optional(),
    olderThanMs: positiveNumberSchema.optional(),
    maxReadBytes: positiveNumberSchema.optional(),
  }),
)

export const parseDedupeOptions: OptionsParser<DedupeOptions> = defineOptionalOptions<DedupeOptions>(
  optionsSchema({
    method: customSchema<DedupeMethod>(
      (value) => value === 'reference' || value === 'hard-link' || value === 'reflink',
      'must be reference, hard-link or reflink',
    ).optional(),
  }),
)

export const parseApplyOptions: OptionsParser<ApplyOptions> = defineOptionalOptions<ApplyOptions>(
  optionsSchema({
    ...attributionShape,
    signal: signalSchema.optional(),
    onProgress: functionSchema<NonNullable<ApplyOptions['onProgress']>>().optional(),
  }),
)
