import { expect, it } from 'vitest'
import { workInOrder } from './work-in-order.ts'

interface Gate {
  readonly promise: Promise<string>
  resolve(result: string): void
  reject(error: Error): void
}

function createGates(count: number): readonly Gate[] {
  return Array.from({ length: count }, () => {
    let settle: Omit<Gate, 'promise'> | undefined
    const promise = new Promise<string>((resolve, reject) => {
      settle = { resolve, reject }
    })
    return { promise, ...settle } as Gate
  })
}

it('tells the results in the order of the items, whatever ends first', async () => {
  const gates = createGates(3)
  const told: string[] = []
  const working = workInOrder(gates, {
    parallel: 3,
    work: (gate) => gate.promise,
    tell: (result) => told.push(result),
  })
  gates[2]?.resolve('c')
  gates[1]?.resolve('b')
  await gates[1]?.promise
  expect(told).toEqual([])
  gates[0]?.resolve('a')
  expect(await working).toEqual(['a', 'b', 'c'])
  expect(told).toEqual(['a', 'b', 'c'])
})

it('works on no more than it may at the same time', async () => {
  let [running, most] = [0, 0]
  await workInOrder([1, 2, 3, 4, 5], {
    parallel: 2,
    work: async () => {
      running += 1
      most = Math.max(most, running)
      await Promise.resolve()
      running -= 1
      return running
    },
    tell() {},
  })
  expect(most).toBe(2)
})

it('after an error begins nothing, and waits for what is under way', async () => {
  const gates = createGates(3)
  const begun: number[] = []
  let isOver = false
  const working = workInOrder(gates, {
    parallel: 2,
    work: (gate, index) => {
      begun.push(index)
      return gate.promise
    },
    tell() {},
  }).finally(() => {
    isOver = true
  })
  const ended = working.catch((error: unknown) => error)
  const error = new Error('first')
  gates[1]?.reject(error)
  await gates[1]?.promise.catch(() => undefined)
  expect(isOver).toBe(false)
  gates[0]?.resolve('a')
  expect(await ended).toBe(error)
  expect(begun).toEqual([0, 1])
})
