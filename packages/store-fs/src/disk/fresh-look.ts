/**
 * Looks at something that other processes change. A caller may not share a look under way, because it may have begun
 * too early to see what the caller asks for; all callers that wait share the next one.
 */
export class FreshLook<T> {
  readonly #look: () => Promise<T>
  #running: Promise<T> | undefined
  #queued: Promise<T> | undefined

  constructor(look: () => Promise<T>) {
    this.#look = look
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** What a look finds that began after this was called. */
  take(): Promise<T> {
    if (this.#running === undefined) {
      this.#running = this.#look().finally(() => {
        this.#running = undefined
      })
      return this.#running
    }
    this.#queued ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#queued = undefined
        return this.take()
      })
    return this.#queued
  }

  /** Resolves when none is under way or waits. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await (this.#queued ?? this.#running).catch(() => undefined)
  }
}
