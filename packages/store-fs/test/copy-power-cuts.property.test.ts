import { scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { copyAll, describeCatalog } from './copied-catalog.ts'
import { immediateOrder } from './simulation/call-order.ts'
import { ROOT } from './simulation/origins.ts'
import { Random } from './simulation/random.ts'
import { SimulatedDisk } from './simulation/simulated-disk.ts'
import { SimulatedProcess } from './simulation/simulated-process.ts'

const CUTS = scaleRuns(3)
/** What of the bytes of a write is on the disk when the process is killed: also a record whose line feed alone is missing. */
const PARTS = [
  (bytes: number) => Math.floor(0.4 * bytes),
  (bytes: number) => bytes - 1,
  (bytes: number) => bytes,
]

/** How many records are copied, and programs use the copy, before the original goes on. */
it.each([
  ['a copy', 0],
  ['a catalog in use to which a copy goes on', 11],
])(
  '%s that a power cut ended is refused by stores, or as it was, and is whole once it was repeated',
  async (_, count) => {
    const start = new SimulatedDisk()
    if (count > 0) await copyAll(new SimulatedProcess('first', start, immediateOrder), { count })
    const before = await describeCatalog(start)
    const whole = start.clone()
    const calls: string[] = []
    const observer = new SimulatedProcess('copier', whole, immediateOrder)
    observer.findFault = ({ kind }) => void calls.push(kind)
    await copyAll(observer)
    const expected = await describeCatalog(whole)
    const segments = whole.list(`${ROOT}/.catalog`).filter((name) => name.startsWith('snapshot'))
    expect(segments.length).toBeGreaterThan(1)
    const counts = { refused: 0, before: 0, whole: 0, resumed: 0 }
    for (const [index, kind] of calls.entries()) {
      for (const [part, findPart] of (kind === 'append' ? PARTS : PARTS.slice(-1)).entries()) {
        const killed = start.clone()
        await copyUntilKilled(killed, index + 1, findPart)
        for (let number = 0; number < CUTS; number += 1) {
          const disk = killed.clone()
          const label = `call ${index + 1}, part ${part}`
          // Also without a cut: what a kill alone leaves.
          if (number > 0)
            disk.cutPower(new Random(seedOfRun() + number), number % 2 === 0 ? 'any' : 'ordered')
          const found = await describeCatalog(disk)
          const state = found === 'refused' ? 'refused' : isSame(found, before) ? 'before' : 'whole'
          counts[state] += 1
          if (state === 'whole') expect(found, label).toEqual(expected)
          const { isResumed } = await copyAll(new SimulatedProcess('again', disk, immediateOrder))
          if (isResumed) counts.resumed += 1
          // What was said to be finished is durable.
          disk.cutPower(new Random(seedOfRun() + number), 'any')
          expect(await describeCatalog(disk), label).toEqual(expected)
        }
      }
    }
    expect(counts.refused).toBeGreaterThan(0)
    expect(counts.before > 0).toBe(count > 0)
    expect(counts.whole).toBeGreaterThan(0)
    expect(counts.resumed).toBeGreaterThan(0)
  },
)

function isSame(one: object | string, other: object | string): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

async function copyUntilKilled(
  disk: SimulatedDisk,
  killedAt: number,
  findPart: (bytes: number) => number,
): Promise<void> {
  const process = new SimulatedProcess('killed', disk, immediateOrder)
  process.findFault = ({ number, bytes }) =>
    number === killedAt ? { kind: 'kill', bytes: findPart(bytes) } : undefined
  let isOver = false
  void copyAll(process).finally(() => {
    isOver = true
  })
  while (!isOver && process.isAlive) await new Promise(setImmediate)
  expect(process.isAlive).toBe(false)
}
