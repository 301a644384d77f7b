import { expect, it } from 'vitest'
import { createDamagedAt } from './place.ts'

it('damage is told with its place, the problem and what caused it', () => {
  const cause = new Error('not JSON')
  const place = { offset: 7, length: 3, recordsBefore: 2 }
  const error = createDamagedAt({ path: '/journal', ...place }, 'it is broken', { cause })
  expect(error).toMatchObject({
    code: 'DAMAGED',
    details: { path: '/journal', problem: 'it is broken', ...place },
    cause,
  })
  expect(error.message).toContain('/journal is damaged at byte 7: it is broken')
})
