/** Runs work later; never keeps the program running. */
export interface Timers {
  /** Returns what calls it off. */
  after(delayMs: number, work: () => void): () => void
}

export const systemTimers: Timers = {
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
