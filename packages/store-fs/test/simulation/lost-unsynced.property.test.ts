import { scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { loseUnsynced } from './lose-unsynced.ts'

describe('a power cut at any moment that takes any part of what was not synced', () => {
  it('leaves all that was acknowledged, and opens without help', async () => {
    const subsets = scaleRuns(200)
    expect(await loseUnsynced(seedOfRun(), subsets)).toBeGreaterThanOrEqual(subsets)
  })
})
