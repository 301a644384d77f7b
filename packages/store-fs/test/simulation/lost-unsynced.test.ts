import { describe, expect, it } from 'vitest'
import { loseUnsynced } from './lose-unsynced.ts'

const SUBSETS = 200
const FIRST_SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))

describe('a power cut at any moment, whatever it takes of what was not synced', () => {
  it('leaves all that was acknowledged, and opens without help', { timeout: 0 }, async () => {
    expect(await loseUnsynced(FIRST_SEED, SUBSETS)).toBeGreaterThanOrEqual(SUBSETS)
  })
})
