import { scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { isCatalogError } from '@catalog/types'
import { expect, it } from 'vitest'
import { copyAll, describeCatalog } from './copied-catalog.ts'
import { createScheduledOrder, immediateOrder } from './simulation/call-order.ts'
import { takeOverTurns } from './simulation/scheduled-turns.ts'
import { Scheduler } from './simulation/scheduler.ts'
import { SimulatedDisk } from './simulation/simulated-disk.ts'
import { SimulatedProcess } from './simulation/simulated-process.ts'

const RUNS = scaleRuns(60)
/** So many steps at most are made before the second one starts: about those of a whole copy. */
const MOST_STEPS = 150
/** All in one segment, as it is unless megabytes are copied while another copy begins. */
const plan = { segmentBytes: 1 << 20 }

it.each<[string, (disk: SimulatedDisk) => Promise<unknown>]>([
  ['into an empty directory', async () => undefined],
  ['to a copy that was interrupted', copyUntilKilled],
  [
    'to a catalog in use',
    (disk) => copyAll(new SimulatedProcess('first', disk, immediateOrder), { ...plan, count: 11 }),
  ],
])('of two copies at once %s one is whole, or each is told of the other', async (_, prepare) => {
  const start = new SimulatedDisk()
  await prepare(start)
  const whole = start.clone()
  await copyAll(new SimulatedProcess('alone', whole, immediateOrder), plan)
  const expected = await describeCatalog(whole)
  const counts = { one: 0, none: 0 }
  for (let seed = seedOfRun(); seed < seedOfRun() + RUNS; seed += 1) {
    const disk = start.clone()
    const results = await copyTwice(disk, seed)
    const label = `seed ${seed}: ${results.join(', ')}`
    expect(results.join(), label).toMatch(/^(?:(?:whole|CATALOG_REPLACED|UNSUPPORTED_FORMAT),?){2}$/u)
    counts[results.includes('whole') ? 'one' : 'none'] += 1
    if (results.includes('whole')) expect(await describeCatalog(disk), label).toEqual(expected)
    // Whatever they have left, the next one makes it whole.
    await copyAll(new SimulatedProcess('again', disk, immediateOrder), plan)
    expect(await describeCatalog(disk), label).toEqual(expected)
  }
  expect(counts.one).toBeGreaterThan(0)
})

/** What each has said: `whole`, or the code of its error. */
async function copyTwice(disk: SimulatedDisk, seed: number): Promise<readonly string[]> {
  const scheduler = new Scheduler(seed)
  using _ = takeOverTurns(scheduler)
  const order = createScheduledOrder(scheduler, true)
  const start = (name: string): Promise<string> =>
    copyAll(new SimulatedProcess(name, disk, order), plan).then(
      () => 'whole',
      (error: unknown) => {
        if (isCatalogError(error)) return error.code
        throw error
      },
    )
  const first = start('first')
  for (let steps = scheduler.random.below(MOST_STEPS); steps > 0; steps -= 1) await scheduler.takeStep(0)
  const both = Promise.all([first, start('second')])
  await scheduler.drain()
  return await both
}

/** Ends a copy when it has written something. */
async function copyUntilKilled(disk: SimulatedDisk): Promise<void> {
  let appends = 0
  const process = new SimulatedProcess('killed', disk, immediateOrder, ({ kind, path, bytes }) => {
    if (kind !== 'append' || !path.includes('journal')) return undefined
    appends += 1
    return appends === 2 ? { kind: 'kill', bytes } : undefined
  })
  void copyAll(process, plan)
  while (process.isAlive) await new Promise(setImmediate)
}
