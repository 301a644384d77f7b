import type { CatalogStore } from '@catalog/types'
import { openFileStore } from '../../src/file-store.ts'
import { Actor } from './actor.ts'
import { createScheduledOrder } from './call-order.ts'
import { BrokenPromise, checkCommits, checkReads, describeChange } from './check-observations.ts'
import { assertEqual, describeStore } from './fresh-store.ts'
import { describeEntries, type OracleHistory, replayDisk } from './journal-oracle.ts'
import { type Counts, Machine } from './machine.ts'
import { Observations } from './observations.ts'
import { type Origins, ROOT } from './origins.ts'
import { inventPlan, type SchedulePlan } from './schedule-plan.ts'
import { takeOverTurns } from './scheduled-turns.ts'
import { Scheduler, type StepOwner } from './scheduler.ts'
import type { SimulatedProcess } from './simulated-process.ts'

const CLOCK = { now: (): Date => new Date('2025-10-01T00:00:00.000Z') }
const NAMES = ['w1', 'w2', 'w3', 'r1']
/** How much likelier a crash is right after a name has appeared. */
const DELICATE = 15
/** How much of the trace a failure shows; TRACE=1 shows all. */
const TRACE_LENGTH = process.env['TRACE'] === undefined ? 40 : Number.POSITIVE_INFINITY

export interface ScheduleResult {
  readonly seed: number
  readonly steps: number
  readonly traceHash: number
  readonly counts: Counts
  readonly told: Readonly<Record<string, number>>
  readonly seals: number
  readonly reads: number
}

/** A schedule in which a promise was broken: the seed, the plan and the last steps. */
class FailedSchedule extends Error {
  readonly seed: number

  constructor(seed: number, plan: SchedulePlan, trace: readonly string[], cause: unknown) {
    const head = `seed ${seed}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`
    const replay = `SEED=${seed} CATALOG_RUNS=0 npx vitest run simulation.property`
    super(`${head}\n${replay}\n${JSON.stringify(plan)}\n${trace.slice(-TRACE_LENGTH).join('\n')}`, { cause })
    this.seed = seed
  }
}

/** Three writers and a reader on one faulty machine, as the seed has it; then every promise is checked. */
export async function runSchedule(seed: number, origins: Origins): Promise<ScheduleResult> {
  const scheduler = new Scheduler(seed)
  const plan = inventPlan(scheduler.random)
  using turns = takeOverTurns(scheduler)
  const schedule = new Schedule(seed, plan, scheduler, origins)
  const onRejection = (reason: unknown): void => schedule.fail(reason)
  process.on('unhandledRejection', onRejection)
  try {
    const result = await schedule.run()
    // Only now does Node tell of unhandled rejections.
    await new Promise(turns.realTurn)
    schedule.assertNoFailure()
    return result
  } catch (error) {
    throw new FailedSchedule(seed, plan, scheduler.trace, error)
  } finally {
    process.off('unhandledRejection', onRejection)
  }
}

class Schedule {
  readonly #seed: number
  readonly #plan: SchedulePlan
  readonly #scheduler: Scheduler
  readonly #machine: Machine
  readonly #observations = new Observations()
  readonly #running = new Map<string, { process: SimulatedProcess; actor: Actor }>()
  #isWarmingUp = false
  #isEnding = false
  #starts = 0
  #reads = 0

  constructor(seed: number, plan: SchedulePlan, scheduler: Scheduler, origins: Origins) {
    this.#seed = seed
    this.#plan = plan
    this.#scheduler = scheduler
    const order = createScheduledOrder(scheduler, plan.isLikeNode, () => this.#isWarmingUp)
    this.#machine = new Machine(plan, scheduler, origins[plan.origin].clone(), order)
  }

  /** Ends the schedule with an error that no caller was given. */
  fail(reason: unknown): void {
    this.#observations.failures.push(
      new BrokenPromise(`unhandled rejection: ${String(reason)}`, { cause: reason }),
    )
  }

  async run(): Promise<ScheduleResult> {
    await this.#work()
    await this.#end()
    return this.#result(await this.#checkAtRest())
  }

  async #work(): Promise<void> {
    const { random } = this.#scheduler
    const { steps, restart, kill, powerCut, timerShare } = this.#plan
    if (this.#plan.isWarm) await this.#warmUp()
    else for (const name of NAMES) this.#start(name)
    while (this.#scheduler.steps < steps) {
      this.#crashAtName()
      if (random.chance(powerCut)) this.#cutPower()
      const name = random.pick(NAMES)
      const running = this.#running.get(name)
      if (running?.process.isAlive === true) {
        if (random.chance(kill)) this.#machine.kill(running.process)
      } else if (random.chance(restart)) {
        this.#start(name)
      }
      await this.#scheduler.settle()
      if (!(await this.#scheduler.takeStep(timerShare))) this.#start(name)
      this.assertNoFailure()
    }
  }

  #crashAtName(): void {
    const { random, justNamed } = this.#scheduler
    if (justNamed === undefined) return
    if (random.chance(this.#plan.powerCut * DELICATE)) this.#cutPower()
    else if (justNamed.isAlive && random.chance(this.#plan.kill * DELICATE)) this.#kill(justNamed)
  }

  #kill(owner: StepOwner): void {
    for (const { process } of this.#running.values()) if (process === owner) this.#machine.kill(process)
  }

  /** Opening takes as many steps as ten commits: with all stores open from the start there is time for more. */
  async #warmUp(): Promise<void> {
    this.#isWarmingUp = true
    this.#machine.isFaulty = false
    for (const name of NAMES) await this.#finish(this.#create(name).open())
    this.#isWarmingUp = false
    this.#machine.isFaulty = true
    for (const { actor } of this.#running.values()) void actor.run()
  }

  #start(name: string): void {
    void this.#create(name).run()
  }

  #create(name: string): Actor {
    this.#starts += 1
    const process = this.#machine.start(`${name}.${this.#starts}`)
    const { segmentBytes } = this.#plan
    const actor = new Actor({
      process,
      isWriter: name !== 'r1',
      store: { root: ROOT, clock: CLOCK, segmentBytes },
      random: this.#scheduler.random,
      observations: this.#observations,
      remark: (text) => this.#scheduler.remark(process.name, text),
      nextTurn: () => this.#scheduler.enter(process, 'begin', () => !this.#isEnding),
    })
    this.#running.set(name, { process, actor })
    return actor
  }

  #cutPower(): void {
    this.#checkBoot()
    this.#machine.cutPower()
    this.#running.clear()
  }

  /** What was read is compared before a power cut takes the history that was read. */
  #checkBoot(): void {
    const history = replayDisk(this.#machine.disk, ROOT)
    this.#reads += this.#observations.reads.length
    if (history !== undefined) checkReads(this.#observations, history)
    this.#observations.reads = []
  }

  async #end(): Promise<void> {
    this.#machine.isFaulty = false
    this.#isEnding = true
    await this.#scheduler.drain()
    this.assertNoFailure()
    const open = this.#openStores()
    await this.#compare(open)
    switch (this.#plan.ending) {
      case 'close':
        await this.#finish(Promise.allSettled(open.map((store) => store.close())))
        this.#checkBoot()
        return this.#machine.killAll()
      case 'kill':
        this.#checkBoot()
        return this.#machine.killAll()
      case 'power cut':
        return this.#cutPower()
      default:
        throw new TypeError(`no ending: ${this.#plan.ending satisfies never}`)
    }
  }

  /** What fresh stores find on the disk, and what they leave there. */
  async #checkAtRest(): Promise<OracleHistory> {
    const options = { root: ROOT, clock: CLOCK, segmentBytes: this.#plan.segmentBytes }
    const stores = await this.#finish(
      Promise.all(
        ['f1', 'f2'].map((name) => {
          const process = this.#machine.start(name)
          return openFileStore({ ...options, disk: process, timers: process.timers })
        }),
      ),
    )
    await this.#compare(stores)
    const [first] = stores
    const changes = await this.#finish(first?.changes(0) ?? Promise.resolve([]))
    await this.#finish(Promise.all(stores.map((store) => store.close())))
    this.assertNoFailure()
    const history = replayDisk(this.#machine.disk, ROOT)
    if (history === undefined) throw new BrokenPromise('the catalog is gone')
    checkCommits(this.#observations, history)
    assertEqual('changes', changes.map(describeChange).join(), history.changes.map(describeChange).join())
    this.#checkView(history)
    return history
  }

  async #compare(stores: readonly CatalogStore[]): Promise<void> {
    const found = await this.#finish(Promise.all(stores.map(describeStore)))
    const history = replayDisk(this.#machine.disk, ROOT)
    for (const state of found) assertEqual('state', state, `${history?.states.at(-1)} at ${history?.head}`)
  }

  #checkView({ head, states }: OracleHistory): void {
    const text = this.#machine.disk.peek(`${ROOT}/catalog.json`)?.toString('utf8') ?? ''
    const view: { revision: number; models: Parameters<typeof describeEntries>[0] } = JSON.parse(text)
    const expected = `${states.at(-1)} at ${head}`
    assertEqual('view', `${describeEntries(view.models)} at ${view.revision}`, expected)
  }

  async #finish<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error
      },
    )
    await this.#scheduler.drain()
    const read = await Promise.race([settled, this.#scheduler.settle().then(() => undefined)])
    this.assertNoFailure()
    if (read === undefined) throw new BrokenPromise('waits for ever')
    return read()
  }

  #openStores(): CatalogStore[] {
    const alive = [...this.#running.values()].filter(({ process }) => process.isAlive)
    return alive.flatMap(({ actor }) => actor.store ?? [])
  }

  assertNoFailure(): void {
    const [failure] = this.#observations.failures
    if (failure !== undefined) throw failure
    const { misuse } = this.#machine
    if (misuse !== undefined) throw new BrokenPromise(misuse)
  }

  #result({ segments }: OracleHistory): ScheduleResult {
    const told: Record<string, number> = {}
    for (const commit of this.#observations.commits) told[commit.told] = (told[commit.told] ?? 0) + 1
    const { steps, traceHash } = this.#scheduler
    return {
      seed: this.#seed,
      steps,
      traceHash,
      counts: this.#machine.counts,
      told,
      seals: segments - 1,
      reads: this.#reads,
    }
  }
}
