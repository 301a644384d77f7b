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

/** Who downloads a model, and why. */
export interface DownloadOptions extends WriteOptions {
  /** Who; the catalog's own holder where absent. One at a time goes by a name: a second one is taken for the first. */
  readonly holder?: string | undefined
}

/** The same, and how long no other holder may download it. */
export interface RenewDownloadOptions extends DownloadOptions {
  /** How long the download is kept from others without being renewed, in milliseconds; default 10 minutes, at most 30 days. */
  readonly forMs?: number | undefined
}

/** The same, and where to. */
export interface BeginDownloadOptions extends RenewDownloadOptions {
  /** Allows a download to where a model registered in place is, outside the root. Default false. */
  readonly inPlace?: boolean | undefined
}

/** How the end of a download is watched, cancelled and attributed. */
export interface FinishDownloadOptions
  extends Omit<RenewDownloadOptions, 'ifRevision'>,
    Omit<VerifyOptions, 'actor' | 'reason'> {}

/** Who gives a download up, and what it failed of, if it failed. */
export interface AbandonDownloadOptions extends DownloadOptions {
  /** The download failed: kept in the entry, with how many did one after the other. */
  readonly failed?: DownloadFailure | undefined
}

/** What a download failed of. */
export interface DownloadFailure {
  /** For people, 1 to 1000 characters. The entry shows it: it must carry no credentials. */
  readonly problem: string
  /** After how many milliseconds the next one may be tried, at most 30 days; absent if it would be of no use. */
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
