import type { Random } from './random.ts'
import type { NameLoss } from './simulated-disk.ts'

/** What one schedule may do, and how often. Probabilities are for each step or each call. */
export interface SchedulePlan {
  readonly origin: 'nothing' | 'catalog' | 'catalog.json'
  /** Whether all stores are open when the steps begin to count. */
  readonly isWarm: boolean
  readonly steps: number
  readonly isLikeNode: boolean
  readonly nameLoss: NameLoss
  readonly segmentBytes: number
  readonly timerShare: number
  readonly kill: number
  readonly powerCut: number
  readonly restart: number
  /** Of an append, that it is cut short, or that the process is killed in it. */
  readonly shortAppend: number
  readonly tornAppend: number
  readonly failedSync: number
  /** Of any call. */
  readonly error: number
  readonly ending: 'close' | 'kill' | 'power cut'
}

/** A plan from a seed: many schedules have few kinds of fault, so that each is also seen without the others. */
export function inventPlan(random: Random): SchedulePlan {
  return {
    origin: random.pick(['nothing', 'catalog', 'catalog', 'catalog', 'catalog.json']),
    isWarm: random.chance(0.6),
    steps: 60 + random.below(90),
    isLikeNode: random.chance(0.6),
    nameLoss: random.pick(['ordered', 'any']),
    segmentBytes: random.pick([1, 2000, 4000, 1 << 20]),
    timerShare: random.pick([0.02, 0.1, 0.2]),
    kill: random.pick([0, 0.005, 0.02]),
    powerCut: random.pick([0, 0, 0.005, 0.015]),
    restart: 0.2,
    shortAppend: random.pick([0, 0, 0.1]),
    tornAppend: random.pick([0, 0.05]),
    failedSync: random.pick([0, 0, 0.05]),
    error: random.pick([0, 0, 0, 0.02]),
    ending: random.pick(['close', 'kill', 'power cut', 'power cut']),
  }
}
