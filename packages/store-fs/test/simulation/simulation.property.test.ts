import { scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { prepareOrigins } from './origins.ts'
import { runSchedule } from './run-schedule.ts'
import { runSchedules } from './run-schedules.ts'

const SEED = seedOfRun()

describe('three writers and a reader on a faulty machine', () => {
  it('keep every promise, whatever happens', async () => {
    const { counts } = await runSchedules(SEED, scaleRuns(60))
    console.log(`simulation from seed ${SEED}:`, counts)
  })

  it('does the same again for the same seed', async () => {
    const origins = await prepareOrigins()
    for (let seed = SEED; seed < SEED + scaleRuns(10); seed += 1) {
      const first = await runSchedule(seed, origins)
      expect(await runSchedule(seed, origins)).toEqual(first)
    }
  })
})
