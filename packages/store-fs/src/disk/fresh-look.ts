/**
 * Looks at something that others change. Who asks while a look is under way may not share it, because it may have begun
 * too early to see what he asks for; he shares the next one with all others who wait for that.
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
