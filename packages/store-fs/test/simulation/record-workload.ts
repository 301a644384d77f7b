import { Actor } from './actor.ts'
import { createScheduledOrder } from './call-order.ts'
import { Observations } from './observations.ts'
import { ORIGIN_NAMES, type Origins, ROOT } from './origins.ts'
import { takeOverTurns } from './scheduled-turns.ts'
import { Scheduler } from './scheduler.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { SimulatedProcess } from './simulated-process.ts'

/** A moment of a workload: the disk with all that is not synced on it, and what callers had been told. */
export interface Moment {
  readonly step: number
  readonly disk: SimulatedDisk
  readonly observations: Observations
}

const STEPS = 200

/** Two writers at work, without a fault, and some of the moments at which the power might be cut. */
export async function recordWorkload(seed: number, origins: Origins, moments: number): Promise<Moment[]> {
  const scheduler = new Scheduler(seed)
  const { random } = scheduler
  const disk = origins[random.pick(ORIGIN_NAMES)].clone()
  const order = createScheduledOrder(scheduler, random.chance(0.5))
  const observations = new Observations()
  const segmentBytes = random.pick([1, 3000, 1 << 20])
  const actors = ['w1', 'w2'].map((name) => {
    const process = new SimulatedProcess(name, disk, order)
    return new Actor({
      process,
      isWriter: true,
      store: { root: ROOT, segmentBytes },
      random,
      observations,
      remark: (text) => scheduler.remark(name, text),
      nextTurn: () => scheduler.enter(process, 'begin', () => true),
    })
  })
  const steps = new Set(Array.from({ length: moments }, () => random.below(STEPS)))
  using _turns = takeOverTurns(scheduler)
  for (const actor of actors) void actor.run()
  const recorded: Moment[] = []
  for (let step = 0; step < STEPS; step += 1) {
    await scheduler.settle()
    await scheduler.takeStep(0.1)
    if (steps.has(step) || (scheduler.justNamed !== undefined && random.chance(0.3)))
      recorded.push({ step, disk: disk.clone(), observations: observations.copy() })
  }
  const [failure] = observations.failures
  if (failure !== undefined) throw failure
  return recorded
}
