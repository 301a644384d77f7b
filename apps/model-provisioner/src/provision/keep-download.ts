import { type Catalog, isCatalogError } from 'model-catalog'
import { SourceError } from '../source/source-error.ts'

/** A third of the time: two renewals may fail before others may take over. */
const RENEWALS = 3

/** A download that is the caller's for now. */
export interface HeldDownload {
  /** Aborted with the caller's reason, or once the download is another's. */
  readonly signal: AbortSignal
  /**
   * Makes sure, before something is written, that no other can have taken over: a program that was stopped and goes on must not
   * write into the file of the next one.
   *
   * @throws {SourceError} if it was not renewed in time
   */
  assertHeld(): void
  /** The same for certain, by renewing it. DOWNLOAD_ENDED. */
  renew(): Promise<void>
}

/** Runs work while the download is renewed. It was begun, or renewed, at `sinceMs` by the clock of this machine. */
export async function keepDownload<T>(
  catalog: Catalog,
  id: string,
  {
    forMs,
    signal,
    sinceMs,
  }: { readonly forMs: number; readonly signal: AbortSignal; readonly sinceMs: number },
  work: (held: HeldDownload) => Promise<T>,
): Promise<T> {
  const ended = new AbortController()
  let heldSinceMs = sinceMs
  const renew = async (): Promise<void> => {
    const nowMs = Date.now()
    await catalog.downloads.renew(id, { forMs })
    heldSinceMs = nowMs
  }
  let isRenewing = false
  const renewInTime = async (): Promise<void> => {
    if (isRenewing) return
    isRenewing = true
    try {
      await renew()
    } catch (error) {
      // A full disk, or a catalog that is busy, may be over by the next time.
      if (isCatalogError(error, 'DOWNLOAD_ENDED') || isCatalogError(error, 'NOT_FOUND')) ended.abort(error)
    } finally {
      isRenewing = false
    }
  }
  const assertHeld = (): void => {
    if (Date.now() - heldSinceMs < forMs) return
    throw new SourceError('the download was not renewed in time', { isTransient: true })
  }
  const timer = setInterval(() => void renewInTime(), forMs / RENEWALS)
  try {
    return await work({ signal: AbortSignal.any([signal, ended.signal]), assertHeld, renew })
  } catch (error) {
    ended.signal.throwIfAborted()
    throw error
  } finally {
    clearInterval(timer)
  }
}
