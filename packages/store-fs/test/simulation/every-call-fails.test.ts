import { beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from './fault-cases.ts'
import { failEveryCall } from './judge-case.ts'
import { ORIGIN_NAMES, type Origins, prepareOrigins } from './origins.ts'

describe.each(ORIGIN_NAMES)('on a disk with %s, every call of', (origin) => {
  let origins: Origins
  beforeAll(async () => {
    origins = await prepareOrigins()
  })

  it.each(OPERATIONS)('$name fails in every way, and leaves the old or the new state', async (operation) => {
    const { cases, broken } = await failEveryCall(origins[origin], operation)
    expect(broken).toEqual([])
    expect(cases).toBeGreaterThan(0)
  })
})
