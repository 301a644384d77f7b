import { describe, expect, it } from 'vitest'
import { type Origins, prepareOrigins } from './origins.ts'
import { runSchedule } from './run-schedule.ts'
import { ScheduleTotals } from './schedule-totals.ts'

const SCHEDULES = Number(process.env['SCHEDULES'] ?? 300)
const FIRST_SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const BATCH = 10_000

describe('three writers and a reader on a faulty machine', () => {
  it('keep every promise, whatever happens', { timeout: 0 }, async () => {
    const origins = await prepareOrigins()
    if (process.env['SEED'] !== undefined && process.env['SCHEDULES'] === undefined) {
      console.log(await runSchedule(FIRST_SEED, origins))
      return
    }
    await runMany(origins)
  })

  it('does the same again for the same seed', async () => {
    const origins = await prepareOrigins()
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 20; seed += 1) {
      const first = await runSchedule(seed, origins)
      expect(await runSchedule(seed, origins)).toEqual(first)
    }
  })
})

async function runMany(origins: Origins): Promise<void> {
  const totals = new ScheduleTotals(FIRST_SEED)
  for (let index = 0; index < SCHEDULES; index += 1) {
    totals.add(await runSchedule(FIRST_SEED + index, origins))
    // Lets the test runner breathe.
    if (index % 100 === 0) await new Promise(setImmediate)
    if (index % BATCH === BATCH - 1) console.log(String(totals))
  }
  console.log(String(totals))
}
