import type { Clock } from '@catalog/types'

export const systemClock: Clock = { now: () => new Date() }

/** Runs work later; never keeps the program running. */
export interface Timers {
  /** Returns what calls it off. */
  after(delayMs: number, work: () => void): () => void
  /** A clock that only goes forward, for durations. */
  nowMs(): number
}

export const systemTimers: Timers = {
  nowMs: () => performance.now(),
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
