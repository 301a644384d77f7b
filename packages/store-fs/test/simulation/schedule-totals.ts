import type { ScheduleResult } from './run-schedule.ts'

/** What many schedules did. */
export class ScheduleTotals {
  readonly #sums = new Map<string, number>()

  add({ steps, counts, told, seals, reads }: ScheduleResult): void {
    const numbers = { schedules: 1, steps, ...counts, ...told, seals, reads }
    for (const [name, number] of Object.entries(numbers)) {
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + number)
    }
  }

  /** By names in words. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(Array.from(this.#sums, ([name, sum]) => [toWords(name), sum]))
  }
}

function toWords(name: string): string {
  return name.replace(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`)
}
