/** Room `samples`: well-formed entries, and a clock that stands still. */
import type { Clock } from '@catalog/types'

/** A clock that moves only when a test moves it. */
export interface FixedClock extends Clock {
  /** Moves the clock forward by a number of milliseconds. */
  advance(ms: number): void
}

/** A clock that stands at `start`, an ISO-8601 time, until `advance` moves it. */
export function fixedClock(start = '2025-10-01T00:00:00.000Z'): FixedClock {
  let nowMs = Date.parse(start)
  return {
    now: () => new Date(nowMs),
    advance(ms) {
      nowMs += ms
    },
  }
}
