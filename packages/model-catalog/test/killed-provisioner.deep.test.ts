import { createRandom, scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { provisionUnderKills } from './killed-provisioner.ts'

const KILLS = scaleRuns(11)
/** Before two steps in a hundred, which is about every second model. */
const KILLS_PER_STEP = 0.02
/** Long enough to come anywhere in a step, and short enough to come before the next one now and then. */
const LONGEST_STEP_MS = 6

it(`a provisioner killed ${KILLS} times leaves every model right, and none Active before that`, async () => {
  const random = createRandom(seedOfRun())
  let kills = 0
  await provisionUnderKills({
    models: 8 * Math.ceil(KILLS / 4),
    killAt: () => {
      if (kills === KILLS || random() >= KILLS_PER_STEP) return false
      kills += 1
      return random() < 0.5 || random() * LONGEST_STEP_MS
    },
  })
  expect(kills).toBe(KILLS)
})
