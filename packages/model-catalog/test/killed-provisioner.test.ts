import { expect, it } from 'vitest'
import { provisionUnderKills } from './killed-provisioner.ts'

/** Where a provisioner is killed once each, in this order: they are the steps of two models, the second one wrong. */
const STEPS = [
  'open',
  'recorded begin-download',
  'after begin',
  'before renew',
  'recorded renew-download',
  'before finish',
  'read match',
  'recorded finish-download',
  'read mismatch',
  'quarantined',
]

it('a provisioner that is killed at any step leaves every model right, and none Active before that', async () => {
  const left = [...STEPS]
  const served = await provisionUnderKills({
    models: 8,
    killAt: (step) => step === left[0] && left.shift() !== undefined,
  })
  expect(left).toEqual([])
  // The kills around a renewal came after its checkpoint was saved.
  expect(served.filter((fromByte) => fromByte > 0).length).toBeGreaterThanOrEqual(2)
})
