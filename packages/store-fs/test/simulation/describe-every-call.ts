// The tests of faults and kills at each call of an operation, declared twice: a sample for `pnpm test`, and in full.
import { scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from './fault-cases.ts'
import { failEveryCall } from './judge-case.ts'
import { killAtEveryCall } from './kill-at-every-call.ts'
import { ORIGIN_NAMES, type Origins, prepareOrigins } from './origins.ts'

/** `oneIn: 10` tries every tenth case. */
export interface Sampling {
  readonly oneIn: number
}

export function describeFailingCalls({ oneIn }: Sampling): void {
  describe.each(ORIGIN_NAMES)('on a disk with %s, every call of', (origin) => {
    const origins = useOrigins()

    it.each(OPERATIONS)(
      '$name fails in every way, and leaves the old or the new state',
      async (operation) => {
        const { cases, broken } = await failEveryCall(origins()[origin], operation, { oneIn })
        expect(broken).toEqual([])
        expect(cases).toBeGreaterThan(0)
      },
    )
  })
}

export function describeKills({ oneIn }: Sampling): void {
  describe.each(ORIGIN_NAMES)('on a disk with %s, a process killed at any call of', (origin) => {
    const origins = useOrigins()

    it.each(OPERATIONS)(
      '$name loses no acknowledged change, nor does a power cut after it',
      async (operation) => {
        const options = { powerCuts: scaleRuns(1), seed: seedOfRun(), oneIn }
        const { kills, broken } = await killAtEveryCall(origins()[origin], operation, options)
        expect(broken).toEqual([])
        expect(kills).toBeGreaterThan(0)
      },
    )
  })
}

function useOrigins(): () => Origins {
  let origins: Origins | undefined
  beforeAll(async () => {
    origins = await prepareOrigins()
  })
  return () => {
    if (origins === undefined) throw new Error('not prepared yet')
    return origins
  }
}
