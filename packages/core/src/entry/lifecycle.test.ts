import { sampleDigest, sampleEntry, sampleEvidence } from '@catalog/testkit'
import { LIFECYCLE_STATES, type LifecycleState } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { openTestCatalog, plant } from '../../test/test-catalog.ts'
import { canTransition } from './lifecycle.ts'

// Written out once more, so that a slip in the table is seen: + allowed, e with evidence only, - refused, = no-op.
const EXPECTED: Readonly<Record<LifecycleState, string>> = {
  //        Pending Active Retired Failed
  Pending: '=e+-',
  Active: '-=++',
  Retired: '-e=-',
  Failed: '+-+=',
}

const digest = sampleDigest(1)
const cases = LIFECYCLE_STATES.flatMap((from) =>
  LIFECYCLE_STATES.flatMap((to, column) =>
    [true, false].map((hasEvidence) => ({ from, to, hasEvidence, rule: EXPECTED[from][column] })),
  ),
)

describe('a transition', () => {
  it.each(cases)(
    'from $from to $to, with evidence: $hasEvidence',
    async ({ from, to, hasEvidence, rule }) => {
      const { catalog, store, other } = await openTestCatalog()
      const evidence = hasEvidence ? { evidence: { 'node-2': sampleEvidence(digest) } } : {}
      const before = await plant(other, sampleEntry({ id: 'm', state: from, digest, ...evidence }))
      const isAllowed = rule === '+' || (rule === 'e' && hasEvidence)
      expect(canTransition(from, to, hasEvidence)).toBe(isAllowed)

      const setting = catalog.setState('m', to)
      if (rule === '=') {
        expect(await setting).toBe(before)
      } else if (isAllowed) {
        expect(await setting).toMatchObject({ state: to, revision: 2 })
      } else {
        const details = { id: 'm', from, to }
        await expect(setting).rejects.toMatchObject({ code: 'INVALID_TRANSITION', details })
      }
      expect(store.commits).toBe(isAllowed ? 1 : 0)
      expect(await catalog.get('m')).toMatchObject({ state: isAllowed ? to : from })
    },
  )
})
