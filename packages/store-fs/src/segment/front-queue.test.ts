import { expect, it } from 'vitest'
import { FrontQueue } from './front-queue.ts'

it('gives items in the order in which they came, and has none that was taken', () => {
  const queue = new FrontQueue<number>()
  expect([queue.first, queue.last, queue.takeWhile(() => true)]).toEqual([undefined, undefined, undefined])
  for (const item of [1, 2, 3, 4, 5]) queue.push(item)
  expect([queue.takeWhile((item) => item < 3), queue.first, queue.last]).toEqual([2, 3, 5])
  queue.push(6)
  expect([queue.takeWhile((item) => item < 3), queue.first, queue.last]).toEqual([undefined, 3, 6])
  expect([queue.takeWhile(() => true), queue.first, queue.last]).toEqual([6, undefined, undefined])
})

it('looks at each item once where it is taken, and else at the first', () => {
  const queue = new FrontQueue<number>()
  let looks = 0
  for (let item = 0; item < 10_000; item += 1) {
    queue.push(item)
    queue.takeWhile((each) => {
      looks += 1
      return each < item / 2
    })
  }
  expect(looks).toBeLessThan(20_000)
})
