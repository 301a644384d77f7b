import type { SchedulePlan } from './schedule-plan.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import type { CallOrder, DiskCall, Fault } from './simulated-process.ts'
import { SimulatedProcess } from './simulated-process.ts'

/** How often things happened, over any number of schedules. */
export interface Counts {
  kills: number
  powerCuts: number
  tornWrites: number
  shortWrites: number
  failedSyncs: number
  /** Power cuts that took bytes on which a sync had failed. */
  lostFailedSyncs: number
  otherErrors: number
}

/** One computer: a disk, the processes that use it, and all that goes wrong with them. */
export class Machine {
  readonly disk: SimulatedDisk
  isFaulty = true
  readonly counts: Counts = {
    kills: 0,
    powerCuts: 0,
    tornWrites: 0,
    shortWrites: 0,
    failedSyncs: 0,
    lostFailedSyncs: 0,
    otherErrors: 0,
  }
  readonly #plan: SchedulePlan
  readonly #scheduler: Scheduler
  readonly #order: CallOrder
  #processes: SimulatedProcess[] = []

  constructor(plan: SchedulePlan, scheduler: Scheduler, disk: SimulatedDisk, order: CallOrder) {
    this.#plan = plan
    this.#scheduler = scheduler
    this.#order = order
    this.disk = disk
  }

  start(name: string): SimulatedProcess {
    const process = new SimulatedProcess(name, this.disk, this.#order, (call) => this.#inventFault(call))
    this.#processes.push(process)
    return process
  }

  /** The first use of a closed file by any process of this boot. */
  get misuse(): string | undefined {
    return this.#processes.find(({ misuses }) => misuses.length > 0)?.misuses[0]
  }

  kill(process: SimulatedProcess): void {
    this.counts.kills += 1
    this.#scheduler.note(process.name, 'killed')
    process.kill()
  }

  killAll(): void {
    for (const process of this.#processes) process.kill()
    this.#processes = []
    this.#scheduler.clear()
  }

  cutPower(): void {
    this.counts.powerCuts += 1
    this.#scheduler.note('machine', 'power cut')
    this.killAll()
    const hasLost = this.disk.cutPower(this.#scheduler.random, this.#plan.nameLoss)
    if (hasLost) this.counts.lostFailedSyncs += 1
  }

  #inventFault(call: DiskCall): Fault | undefined {
    if (!this.isFaulty) return undefined
    const fault = this.#pickFault(call)
    if (fault !== undefined) this.#scheduler.note('machine', `fault ${Object.values(fault).join(' ')}`)
    return fault
  }

  #pickFault({ kind, bytes }: DiskCall): Fault | undefined {
    const { random } = this.#scheduler
    const { shortAppend, tornAppend, failedSync, error } = this.#plan
    if (kind === 'append' && random.chance(tornAppend)) {
      this.counts.tornWrites += 1
      return { kind: 'kill', bytes: cutPoint(bytes, random.next()) }
    }
    if (kind === 'append' && random.chance(shortAppend)) {
      this.counts.shortWrites += 1
      return { kind: 'short', bytes: cutPoint(bytes, random.next()) }
    }
    if (kind === 'sync' && random.chance(failedSync)) {
      this.counts.failedSyncs += 1
      return { kind: 'error', code: 'EIO' }
    }
    if (!random.chance(error)) return undefined
    this.counts.otherErrors += 1
    return { kind: 'error', code: random.pick(['EIO', 'ENOSPC', 'EACCES', 'EINTR']) }
  }
}

/** Anywhere, and often at the ends: all but complete, complete but not answered, hardly begun. */
function cutPoint(bytes: number, at: number): number {
  if (at < 0.15) return Math.max(0, bytes - 1)
  if (at < 0.35) return bytes
  if (at < 0.45) return Math.min(1, bytes)
  return Math.floor(((at - 0.45) / 0.55) * (bytes + 1))
}
