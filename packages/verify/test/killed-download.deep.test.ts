import { createRandom, scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { openKilledDownload } from './killed-download.ts'

const KILLS = scaleRuns(6)
/** Before two steps in a hundred, which is about every second checkpoint. */
const KILLS_PER_STEP = 0.02
/** Long enough to come anywhere in a step, and short enough to come before the next one now and then. */
const LONGEST_STEP_MS = 8

it('a download killed before any of its steps ends with the right digest, going on where it was', async () => {
  const download = await openKilledDownload(600_000)
  for (let last = 1; ; last++) {
    let steps = 0
    const { isKilled } = await download.run(() => {
      steps += 1
      return steps === last
    })
    if (!isKilled) break
    expect((await download.run()).isKilled).toBe(false)
  }
})

it(`a download killed ${KILLS} times ends with the right digest, going on where it was`, async () => {
  const random = createRandom(seedOfRun())
  const download = await openKilledDownload(6_000_000)
  let kills = 0
  while (kills < KILLS) {
    const { isKilled } = await download.run(() => {
      if (random() >= KILLS_PER_STEP) return false
      return random() < 0.5 || random() * LONGEST_STEP_MS
    })
    if (isKilled) kills += 1
  }
  await download.run()
})
