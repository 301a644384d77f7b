import type { ScheduleResult } from './run-schedule.ts'

/** What many schedules did, in one line. */
export class ScheduleTotals {
  readonly #firstSeed: number
  readonly #startedAt = performance.now()
  readonly #sums = new Map<string, number>()

  constructor(firstSeed: number) {
    this.#firstSeed = firstSeed
  }

  add({ steps, counts, told, seals, reads }: ScheduleResult): void {
    const numbers = { schedules: 1, steps, ...counts, ...told, seals, reads }
    for (const [name, number] of Object.entries(numbers)) {
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + number)
    }
  }

  toString(): string {
    const seconds = (performance.now() - this.#startedAt) / 1000
    const speed = Math.round((this.#sums.get('schedules') ?? 0) / seconds)
    const sums = Array.from(this.#sums, ([name, sum]) => `${name} ${sum}`).join(', ')
    return `simulation: first seed ${this.#firstSeed}, ${sums}, ${speed} schedules/s`
  }
}
