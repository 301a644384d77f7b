import { it } from 'vitest'
import { applyUnderKills } from './killed-upkeep.ts'

it('applying a plan comes to the same end after 3 kills as without any', async () => {
  await applyUnderKills(3, () => undefined)
})
