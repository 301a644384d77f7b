import { createRandom, scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { it } from 'vitest'
import { applyUnderKills } from './killed-upkeep.ts'

const KILLS = scaleRuns(4)

it.each(['hard-link', 'reference'] as const)(
  `applying a plan comes to the same end after ${KILLS} kills as without any: %s`,
  async (method) => {
    const random = createRandom(seedOfRun())
    await applyUnderKills(KILLS, () => (random() < 0.3 ? undefined : random() * 4), method)
  },
)
