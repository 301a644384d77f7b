import { it } from 'vitest'
import { registerUnderKills } from './register-under-kills.ts'

it('3 processes that register 40 models each lose no acknowledged one under 3 SIGKILLs', async () => {
  await registerUnderKills({ processes: 3, registrations: 40, kills: 3, acknowledgedBetweenKills: 12 })
})
