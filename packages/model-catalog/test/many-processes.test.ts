import { it } from 'vitest'
import { registerUnderKills } from './register-under-kills.ts'

it('4 processes that register 60 models each lose no acknowledged one under 4 SIGKILLs', async () => {
  await registerUnderKills({ processes: 4, registrations: 60, kills: 4, acknowledgedBetweenKills: 20 })
})
