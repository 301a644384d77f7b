import { setMaxListeners } from 'node:events'

/**
 * An AbortController that makes its signal only when it is asked for. To make one takes as long as all else that the
 * caller's thread does for a small file, and of thousands that wait all stay in memory.
 */
export class JobController {
  #controller: AbortController | undefined
  /** Told of the abort without a signal. There is one at a time: the job that waits for a thread. */
  onAbort: ((reason: unknown) => void) | undefined

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      // An audit has a listener for each of its threads.
      setMaxListeners(0, this.#controller.signal)
    }
    return this.#controller.signal
  }

  get isAborted(): boolean {
    return this.#controller?.signal.aborted ?? false
  }

  throwIfAborted(): void {
    this.#controller?.signal.throwIfAborted()
  }

  /** Only the first call counts. */
  abort(reason: unknown): void {
    const { signal } = this
    if (signal.aborted) return
    this.#controller?.abort(reason)
    this.onAbort?.(signal.reason)
  }
}
