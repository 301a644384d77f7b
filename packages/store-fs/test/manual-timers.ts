import type { Timers } from '../src/disk/timers.ts'

/** Timers that fire when a test says so. */
export class ManualTimers implements Timers {
  now = 0
  readonly #due: Set<{ readonly delayMs: number; readonly work: () => void }> = new Set()

  nowMs(): number {
    return this.now
  }

  after(delayMs: number, work: () => void): () => void {
    const timer = { delayMs, work }
    this.#due.add(timer)
    return () => this.#due.delete(timer)
  }

  /** How many wait for this delay. */
  count(delayMs: number): number {
    return [...this.#due].filter((timer) => timer.delayMs === delayMs).length
  }

  /** Has those fire that wait for this delay. */
  fire(delayMs: number): void {
    for (const timer of [...this.#due].filter((each) => each.delayMs === delayMs)) {
      this.#due.delete(timer)
      timer.work()
    }
  }
}
