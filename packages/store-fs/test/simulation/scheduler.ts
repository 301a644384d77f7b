import { Random } from './random.ts'

/** Who takes a step: a simulated process, or the schedule itself. */
export interface StepOwner {
  readonly name: string
  readonly isAlive: boolean
}

interface Step {
  readonly owner: StepOwner
  readonly label: string
  readonly isTimer: boolean
  readonly run: () => void
}

/**
 * Decides, from a seed, which of the pending calls of all processes happens next. Nothing else moves: between
 * two steps every process runs until it waits for one.
 */
export class Scheduler {
  readonly random: Random
  steps = 0
  /** Stands for the whole trace: the same seed gives the same. */
  traceHash = 0x811c9dc5
  /** The process that has just renamed something: crashes right after that are tried often. */
  justNamed: StepOwner | undefined
  #pending: Step[] = []
  /** Every step and remark, oldest first. */
  readonly trace: string[] = []

  constructor(seed: number) {
    this.random = new Random(seed)
  }

  /** Becomes a pending step; resolves to what `run` returns when the step is taken, never for a killed owner. */
  enter<T>(owner: StepOwner, label: string, run: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#add(owner, label, false, () => settle(owner, run, resolve, reject))
    })
  }

  /** A step without a waiter, taken rarely and never by {@link drain}. */
  addTimer(owner: StepOwner, label: string, run: () => void): () => void {
    return this.#add(owner, label, true, run)
  }

  /** A pending step without an owner: what `setImmediate` becomes. */
  addTurn(run: () => void): void {
    this.#add(MACHINE, 'turn', false, run)
  }

  /** Takes one pending step; false if there is none. */
  async takeStep(timerShare: number): Promise<boolean> {
    if (this.#pending.some(({ owner }) => !owner.isAlive)) {
      this.#pending = this.#pending.filter(({ owner }) => owner.isAlive)
    }
    const isTimer = this.random.chance(timerShare)
    const step = this.#choose(isTimer) ?? (timerShare > 0 ? this.#choose(!isTimer) : undefined)
    if (step === undefined) return false
    this.#pending.splice(this.#pending.indexOf(step), 1)
    this.note(step.owner.name, step.label)
    this.justNamed = /^(?:link|rename) /u.test(step.label) ? step.owner : undefined
    step.run()
    await this.settle()
    return true
  }

  /** Takes steps until no call is pending. */
  async drain(): Promise<void> {
    await this.settle()
    while (await this.takeStep(0));
  }

  /** Drops what is pending: every process is dead. */
  clear(): void {
    this.#pending = []
  }

  /** Until every process waits for a step: a tick comes only when no microtask is left. */
  settle(): Promise<void> {
    return new Promise((resolve) => process.nextTick(resolve))
  }

  /** Notes something that happened without being chosen. */
  note(owner: string, label: string): void {
    this.steps += 1
    this.remark(owner, label)
  }

  /** Notes what a step led to. */
  remark(owner: string, label: string): void {
    // The ids of writers are random, and stand in the paths of temporary files.
    const line = `${owner} ${label}`.replaceAll(UUID, 'uuid')
    for (let index = 0; index < line.length; index += 1) {
      this.traceHash = Math.imul(this.traceHash ^ line.charCodeAt(index), 0x01000193)
    }
    this.trace.push(line)
  }

  #add(owner: StepOwner, label: string, isTimer: boolean, run: () => void): () => void {
    const step: Step = { owner, label, isTimer, run }
    this.#pending.push(step)
    return () => {
      this.#pending = this.#pending.filter((other) => other !== step)
    }
  }

  #choose(isTimer: boolean): Step | undefined {
    const choices = this.#pending.filter((step) => step.isTimer === isTimer)
    return choices.length === 0 ? undefined : this.random.pick(choices)
  }
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu
const MACHINE: StepOwner = { name: 'machine', isAlive: true }

function settle<T>(
  owner: StepOwner,
  run: () => T,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): void {
  try {
    const value = run()
    if (owner.isAlive) resolve(value)
  } catch (error) {
    if (owner.isAlive) reject(error)
  }
}
