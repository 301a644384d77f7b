import { it } from 'vitest'
import { applyUnderKills } from './killed-upkeep.ts'

it('applying a plan comes to the same end after 2 kills as without any', async () => {
  await applyUnderKills(2, () => undefined)
})

it('a plan that shares by reference comes to the same end after 2 kills as without any', async () => {
  await applyUnderKills(2, () => undefined, 'reference')
})
