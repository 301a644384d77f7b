import { expect, it } from 'vitest'
import { TurnQueue } from './turn-queue.ts'

const NEVER: AbortSignal = new AbortController().signal

it('gives turns in the order of asking', async () => {
  const queue = new TurnQueue(['only'])
  const order: number[] = []
  const turns = [1, 2, 3, 4].map(async (number) => {
    const thing = await queue.take(NEVER)
    order.push(number)
    queue.give(thing)
  })
  await Promise.all(turns)
  expect(order).toEqual([1, 2, 3, 4])
})

it('lends again what was given back last', async () => {
  const queue = new TurnQueue(['a', 'b'])
  const first = await queue.take(NEVER)
  queue.give(first)
  expect(await queue.take(NEVER)).toBe(first)
})

it('passes over who gave up waiting', async () => {
  const queue = new TurnQueue(['only'])
  const thing = await queue.take(NEVER)
  const leaving = new AbortController()
  const left = queue.take(leaving.signal)
  const stayed = queue.take(NEVER)
  leaving.abort('gave up')
  await expect(left).rejects.toBe('gave up')
  queue.give(thing)
  expect(await stayed).toBe('only')
})

it('refuses who gave up before asking, and keeps the thing', async () => {
  const queue = new TurnQueue(['only'])
  await expect(queue.take(AbortSignal.abort('gave up'))).rejects.toBe('gave up')
  expect(await queue.take(NEVER)).toBe('only')
})
