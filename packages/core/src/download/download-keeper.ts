import type { CatalogContext } from '../context/catalog-ports.ts'
import { attributionOf, type HolderRequest, renewDownload } from './download-holder.ts'

/** Keeps a download while its files are read, which may take longer than it was begun for. */
export interface DownloadKeeper {
  /** Aborted by the caller's signal, and with the error where the download is the holder's no more. */
  readonly signal: AbortSignal
  /** Renews the download where half of its time has passed. Returns at once. */
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
  const abort = (): void => controller.abort(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted === true) abort()
  let renewedAt = context.clock.now().getTime()
  let renewing: Promise<unknown> = Promise.resolve()
  return {
    signal: controller.signal,
    touch() {
      const now = context.clock.now().getTime()
      if (now - renewedAt < forMs / 2) return
      renewedAt = now
      const renewal = renewDownload(context, { id, holder, forMs, ...attributionOf(request) })
      renewing = Promise.all([renewing, renewal]).catch((error: unknown) => controller.abort(error))
    },
    async stop() {
      signal?.removeEventListener('abort', abort)
      await renewing
    },
  }
}
