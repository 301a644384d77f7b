import { prepareOrigins } from './origins.ts'
import { runSchedule } from './run-schedule.ts'
import { ScheduleTotals } from './schedule-totals.ts'

/** Runs the schedules of so many seeds, one after another. Rejects with the first in which a promise was broken. */
export async function runSchedules(firstSeed: number, count: number): Promise<ScheduleTotals> {
  const origins = await prepareOrigins()
  const totals = new ScheduleTotals()
  for (let index = 0; index < count; index += 1) {
    totals.add(await runSchedule(firstSeed + index, origins))
    // A turn of the event loop, for any code that waits for it.
    if (index % 100 === 0) await new Promise(setImmediate)
  }
  return totals
}
