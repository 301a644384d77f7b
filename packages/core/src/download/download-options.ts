import {
  attributionShape,
  booleanSchema,
  defineOptionalOptions,
  functionSchema,
  holderSchema,
  type OptionsParser,
  optionsSchema,
  remarkSchema,
  revisionSchema,
  signalSchema,
} from '@catalog/types/schema'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { VerifyOptions, WriteOptions } from '../entry/operation-options.ts'
import { forMsSchema } from '../entry/time-span.ts'

const DEFAULT_FOR_MS = 10 * 60 * 1000

/** The holder of a download, and the reason of a change. */
export interface DownloadOptions extends WriteOptions {
  /**
   * Default: the catalog's holder. Use one name for one process at a time: two processes with one name count
   * as one holder.
   */
  readonly holder?: string | undefined
}

/** Options of renewing a download. */
export interface RenewDownloadOptions extends DownloadOptions {
  /**
   * How long no other holder may take over the download, in milliseconds; default 10 minutes, at most 30
   * days.
   */
  readonly forMs?: number | undefined
}

/** Options of beginning a download. */
export interface BeginDownloadOptions extends RenewDownloadOptions {
  /** Allows a download to the location of a model registered in place, outside the root. Default false. */
  readonly inPlace?: boolean | undefined
}

/** How the end of a download is observed, cancelled and attributed. */
export interface FinishDownloadOptions
  extends Omit<RenewDownloadOptions, 'ifRevision'>,
    Omit<VerifyOptions, 'actor' | 'reason'> {}

/** The holder that gives a download up, and the failure, if there was one. */
export interface AbandonDownloadOptions extends DownloadOptions {
  /** The failure of the download: recorded in the entry, with the number of failures in a row. */
  readonly failed?: DownloadFailure | undefined
}

/** Why a download failed. */
export interface DownloadFailure {
  /** For people, 1 to 1000 characters. The entry shows it, so it must not contain credentials. */
  readonly problem: string
  /**
   * After how many milliseconds the next one may be tried, at most 30 days; absent if trying again is of no
   * use.
   */
  readonly retryAfterMs?: number | undefined
}

/** Options of a download with its defaults filled in. */
export interface HolderOptions extends WriteOptions {
  readonly holder: string
  readonly forMs: number
}

const holderShape = { ...attributionShape, holder: holderSchema.optional() }
const writeShape = { ...holderShape, ifRevision: revisionSchema.optional() }
const downloadShape = { ...writeShape, forMs: forMsSchema.optional() }

export const parseBeginOptions: OptionsParser<BeginDownloadOptions> =
  defineOptionalOptions<BeginDownloadOptions>(
    optionsSchema({ ...downloadShape, inPlace: booleanSchema.optional() }),
  )

export const parseRenewOptions: OptionsParser<RenewDownloadOptions> =
  defineOptionalOptions<RenewDownloadOptions>(optionsSchema(downloadShape))

export const parseFinishOptions: OptionsParser<FinishDownloadOptions> =
  defineOptionalOptions<FinishDownloadOptions>(
    optionsSchema({
      ...holderShape,
      forMs: forMsSchema.optional(),
      signal: signalSchema.optional(),
      onProgress: functionSchema<NonNullable<VerifyOptions['onProgress']>>().optional(),
    }),
  )

const failedSchema = optionsSchema({ problem: remarkSchema, retryAfterMs: forMsSchema.optional() })

export const parseAbandonOptions: OptionsParser<AbandonDownloadOptions> =
  defineOptionalOptions<AbandonDownloadOptions>(
    optionsSchema({ ...writeShape, failed: failedSchema.optional() }),
  )

/** Checked options with the defaults of this catalog. */
export function withDefaults<T extends Omit<RenewDownloadOptions, 'ifRevision'>>(
  context: CatalogContext,
  options: T,
): T & Pick<HolderOptions, 'holder' | 'forMs'> {
  const { holder = context.holder, forMs = DEFAULT_FOR_MS } = options
  return { ...options, holder, forMs }
}
