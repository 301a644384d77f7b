import { expect, it } from 'vitest'
import { createInUse, toUser } from './active-leases.ts'

const until = '2025-10-01T00:00:01.000Z'
const users = ['ada', 'bob', 'cleo'].map((holder) => toUser('lease', { holder, until }))

it.each([
  [0, 'model "m" is in use'],
  [1, `model "m" is in use by ada (lease until ${until})`],
  [3, `model "m" is in use by ada (lease until ${until}) and 2 more`],
])('IN_USE with %i users names the first, and says how many more there are', (count, message) => {
  expect(createInUse('m', users.slice(0, count))).toMatchObject({
    ...{ code: 'IN_USE', message },
    details: { id: 'm', users: users.slice(0, count) },
  })
})
