/** The time of a call is over. */
export class DeadlineError extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`)
    this.name = 'DeadlineError'
  }
}

/** How long a call may take. */
export class Deadline {
  readonly #timeoutMs: number
  readonly #endMs: number

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
    this.#endMs = performance.now() + timeoutMs
  }

  /** At least 1. */
  remainingMs(): number {
    return Math.max(1, Math.ceil(this.#endMs - performance.now()))
  }

  /**
   * Rejects with DeadlineError if the time ends before the promise does.
   *
   * @param dispose called with the value if that comes too late
   */
  async limit<T>(promise: Promise<T>, dispose?: (late: T) => void): Promise<T> {
    let isOver = false
    let timer: NodeJS.Timeout | undefined
    const end = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isOver = true
        reject(new DeadlineError(this.#timeoutMs))
      }, this.remainingMs())
    })
    promise.then(
      (value) => {
        if (isOver) dispose?.(value)
      },
      () => undefined,
    )
    try {
      return await Promise.race([promise, end])
    } finally {
      clearTimeout(timer)
    }
  }

  async pause(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, Math.min(ms, this.remainingMs())))
  }
}
