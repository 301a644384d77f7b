import { beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from './fault-cases.ts'
import { killAtEveryCall } from './kill-at-every-call.ts'
import { ORIGIN_NAMES, type Origins, prepareOrigins } from './origins.ts'

const POWER_CUTS = Number(process.env['POWER_CUTS'] ?? 2)

describe.each(ORIGIN_NAMES)('on a disk with %s, a process killed at any call of', (origin) => {
  let origins: Origins
  beforeAll(async () => {
    origins = await prepareOrigins()
  })

  it.each(OPERATIONS)(
    '$name takes nothing from anybody, nor does a power cut after it',
    async (operation) => {
      const { kills, broken } = await killAtEveryCall(origins[origin], operation, POWER_CUTS)
      expect(broken).toEqual([])
      expect(kills).toBeGreaterThan(0)
    },
  )
})
