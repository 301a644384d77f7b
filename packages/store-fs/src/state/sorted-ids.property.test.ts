import { scaleRuns } from '@catalog/testkit/running'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { SortedIds } from './sorted-ids.ts'

const changes = fc.array(fc.tuple(fc.boolean(), fc.string({ maxLength: 3 })), { maxLength: 60 })

it('holds what a sorted set holds, after any changes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 3 })),
      changes,
      fc.string({ maxLength: 2 }),
      (ids, made, after) => {
        const set = new Set(ids)
        const sorted = new SortedIds(set)
        for (const [isAdded, id] of made) {
          if (isAdded) set.add(id)
          else set.delete(id)
          if (isAdded) sorted.add(id)
          else sorted.delete(id)
        }
        expect([...sorted.after(after)]).toEqual([...set].sort().filter((id) => id > after))
      },
    ),
    { numRuns: scaleRuns(100) },
  )
})

it('stays in order across the borders of its chunks', () => {
  const ids = Array.from({ length: 5000 }, (_, n) => String((n * 7919) % 5000).padStart(4, '0'))
  const sorted = new SortedIds(ids.slice(0, 1500))
  for (const id of ids.slice(1500)) sorted.add(id)
  expect([...sorted.after('')]).toEqual([...ids].sort())
  for (const id of ids.slice(0, 4990)) sorted.delete(id)
  expect([...sorted.after('')]).toEqual(ids.slice(4990).sort())
  for (const id of ids.slice(4990)) sorted.delete(id)
  expect([...sorted.after('')]).toEqual([])
})
