import { setTimeout as delay } from 'node:timers/promises'

/** Keeps a rate over files that are read one after the other. Within a large file the reading itself keeps it. */
export class Pace {
  readonly #bytesPerMs: number
  readonly #startedAt: number = performance.now()
  #doneBytes = 0

  constructor(bytesPerSecond: number = Number.POSITIVE_INFINITY) {
    this.#bytesPerMs = bytesPerSecond / 1000
  }

  add(bytes: number): void {
    this.#doneBytes += bytes
  }

  /** Until all that was read is within the rate. Rejects with the signal's reason. */
  async wait(signal: AbortSignal): Promise<void> {
    const earlyMs = this.#startedAt + this.#doneBytes / this.#bytesPerMs - performance.now()
    if (earlyMs <= 0) return
    await delay(earlyMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
