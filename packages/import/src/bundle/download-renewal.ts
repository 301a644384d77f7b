import { type Catalog, isCatalogError, type RenewDownloadOptions } from 'model-catalog'

/** How a download is kept. */
interface RenewalOptions extends Pick<RenewDownloadOptions, 'actor' | 'reason'> {
  readonly forMs: number
  readonly signal: AbortSignal | undefined
}

/** Keeps a download while bytes are copied. It is for a short time, so that the next import does not wait long after a crash. */
export class DownloadRenewal implements AsyncDisposable {
  /** Aborted by the caller's signal, and once the download is another one's. */
  readonly signal: AbortSignal
  readonly #catalog: Catalog
  readonly #id: string
  readonly #options: RenewalOptions
  readonly #ended = new AbortController()
  #dueAtMs: number
  #renewing: Promise<void> = Promise.resolve()

  constructor(catalog: Catalog, id: string, options: RenewalOptions) {
    this.#catalog = catalog
    this.#id = id
    this.#options = options
    const { signal, forMs } = options
    this.signal = signal === undefined ? this.#ended.signal : AbortSignal.any([signal, this.#ended.signal])
    this.#dueAtMs = performance.now() + forMs / 3
  }

  /** Renews the download if a third of its time has passed. Returns at once. */
  touch(): void {
    const nowMs = performance.now()
    if (nowMs < this.#dueAtMs) return
    this.#dueAtMs = nowMs + this.#options.forMs / 3
    const before = this.#renewing
    this.#renewing = before.then(() => this.#renew())
  }

  /** Waits for a renewal under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#renewing
  }

  async #renew(): Promise<void> {
    const { actor, reason, forMs } = this.#options
    try {
      await this.#catalog.downloads.renew(this.#id, { actor, reason, forMs })
    } catch (error) {
      // Anything else may pass until the next time.
      if (isCatalogError(error, 'DOWNLOAD_ENDED')) this.#ended.abort(error)
    }
  }
}
