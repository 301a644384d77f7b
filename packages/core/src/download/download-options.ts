import { createInvalidInput } from '@catalog/types'
import { parseHolder } from '@catalog/types/schema'
import type { CatalogContext } from '../context/catalog-ports.ts'
import {
  assertKnownOptions,
  parseWriteOptions,
  type VerifyOptions,
  type WriteOptions,
} from '../entry/operation-options.ts'
import { parseForMs } from '../entry/time-span.ts'

const DEFAULT_FOR_MS = 10 * 60 * 1000

/** Who downloads a model, and why. */
export interface DownloadOptions extends WriteOptions {
  /** Who; the catalog's own holder where absent. One at a time goes by a name: a second one is taken for the first. */
  readonly holder?: string | undefined
}

/** The same, and for how long nobody else may. */
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

/** Checked options of a download. */
export interface HolderOptions extends WriteOptions {
  readonly holder: string
  readonly forMs: number
}

const KNOWN = ['holder', 'forMs', 'inPlace', 'actor', 'reason', 'ifRevision', 'signal', 'onProgress']

/** The checked options, or INVALID_INPUT. */
export function parseDownloadOptions(context: CatalogContext, options: RenewDownloadOptions): HolderOptions {
  assertKnownOptions(options, KNOWN)
  const { holder = context.holder, forMs = DEFAULT_FOR_MS } = options
  return { ...parseWriteOptions(options), holder: parseHolder(holder), forMs: parseForMs(forMs) }
}

/** Whether a download may go to outside the root, or INVALID_INPUT. */
export function parseInPlace({ inPlace = false }: BeginDownloadOptions): boolean {
  if (typeof inPlace === 'boolean') return inPlace
  throw createInvalidInput([{ field: 'inPlace', problem: 'must be true or false' }])
}
