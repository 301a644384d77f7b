import { sampleRegistration } from '@catalog/testkit'
import { scaleRuns } from '@catalog/testkit/running'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { openTestCatalog } from './test-catalog.ts'

it('stateAt is at every moment what the list was then', async () => {
  const ids = fc.constantFrom('a', 'A', 'b', 'c')
  const steps = fc.array(fc.tuple(ids, fc.boolean(), fc.nat({ max: 2 })), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(steps, async (made) => {
      const { catalog, clock } = await openTestCatalog()
      const seen = new Map<string, unknown>()
      for (const [id, isRemoval, minutes] of made) {
        clock.advance(minutes * 60_000)
        const change = isRemoval ? catalog.remove(id) : catalog.register(sampleRegistration({ id }))
        await change.catch(() => undefined)
        seen.set(clock.now().toISOString(), await catalog.list())
      }
      for (const [time, entries] of seen) expect(await catalog.history.stateAt(time)).toEqual(entries)
    }),
    { numRuns: scaleRuns(50) },
  )
})
