import { beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from './fault-cases.ts'
import { inventCases, judgeCase, rehearse } from './judge-case.ts'
import { ORIGIN_NAMES, type Origins, prepareOrigins } from './origins.ts'

describe.each(ORIGIN_NAMES)('on a disk with %s, every call of', (origin) => {
  let origins: Origins
  beforeAll(async () => {
    origins = await prepareOrigins()
  })

  it.each(OPERATIONS)('$name fails in every way, and leaves the old or the new state', async (operation) => {
    const { before, after, calls } = await rehearse(origins[origin], operation)
    const broken: string[] = []
    let cases = 0
    for (const faultCase of inventCases(calls)) {
      const disk = origins[origin].clone()
      const found = await judgeCase(disk, operation, faultCase, { before, after })
      if (found !== undefined) cases += 1
      for (const problem of found ?? []) broken.push(`${JSON.stringify(faultCase)}: ${problem}`)
    }
    console.log(`every call fails: ${operation.name}, ${origin}: ${calls} calls, ${cases} cases`)
    expect(broken).toEqual([])
  })
})
