import { describe, expect, it } from 'vitest'
import { prepareOrigins } from './origins.ts'
import { runSchedule } from './run-schedule.ts'
import { runSchedules } from './run-schedules.ts'

const SCHEDULES = Number(process.env['SCHEDULES'] ?? 300)
const FIRST_SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))

describe('three writers and a reader on a faulty machine', () => {
  it('keep every promise, whatever happens', { timeout: 0 }, async () => {
    const isReplay = process.env['SEED'] !== undefined && process.env['SCHEDULES'] === undefined
    const { counts } = await runSchedules(FIRST_SEED, isReplay ? 1 : SCHEDULES)
    console.log(`simulation from seed ${FIRST_SEED}:`, counts)
  })

  it('does the same again for the same seed', async () => {
    const origins = await prepareOrigins()
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 20; seed += 1) {
      const first = await runSchedule(seed, origins)
      expect(await runSchedule(seed, origins)).toEqual(first)
    }
  })
})
