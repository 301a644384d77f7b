import { type CatalogErrorCode, isCatalogError } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { attributionOf, type HolderRequest, renewDownload } from './download-holder.ts'

/** What may be otherwise at the next attempt; until then the download is the holder's for the rest of its time. */
const PASSING: readonly CatalogErrorCode[] = ['IO', 'UNAVAILABLE', 'NO_SPACE', 'CONFLICT']

/** Keeps a download while its files are read, which may take longer than it was begun for. */
export interface DownloadKeeper {
  /** Aborted by the caller's signal, and with the error if the download is the holder's no more or the catalog fails. */
  readonly signal: AbortSignal
  /** Renews the download if half of its time has passed, and again where that failed for now. Returns at once. */
  touch(): void
  /** Waits for a renewal under way, and lets go of the caller's signal. */
  stop(): Promise<void>
}

export function keepDownload(
  context: CatalogContext,
  request: HolderRequest & { readonly signal?: AbortSignal | undefined },
): DownloadKeeper {
  const { id, holder, forMs, signal } = request
  const controller = new AbortController()
  // Stryker disable next-line OptionalChaining: it is called only by a signal, or if one was aborted.
  const abort = (): void => controller.abort(signal?.reason)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted === true) abort()
  let dueAt = context.clock.now().getTime() + forMs / 2
  let renewing: Promise<unknown> = Promise.resolve()
  const renew = async (): Promise<void> => {
    try {
      await renewDownload(context, { id, holder, forMs, ...attributionOf(request) })
    } catch (error) {
      if (!isCatalogError(error) || !PASSING.includes(error.code)) controller.abort(error)
      dueAt = context.clock.now().getTime() + forMs / 10
    }
  }
  return {
    signal: controller.signal,
    touch() {
      const now = context.clock.now().getTime()
      if (now < dueAt) return
      dueAt = now + forMs / 2
      renewing = Promise.all([renewing, renew()])
    },
    async stop() {
      signal?.removeEventListener('abort', abort)
      await renewing
    },
  }
}
