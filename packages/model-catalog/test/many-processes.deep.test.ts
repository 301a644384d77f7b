import { it } from 'vitest'
import { registerUnderKills } from './register-under-kills.ts'

it('8 processes that register 1000 models each lose no acknowledged one under 24 SIGKILLs', async () => {
  await registerUnderKills({ processes: 8, registrations: 1000, kills: 24, acknowledgedBetweenKills: 150 })
})
