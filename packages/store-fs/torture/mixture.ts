import type { Ledger } from './ledger.ts'
import type { IntentLine, ProgramLine } from './lines.ts'
import type { RunningProgram } from './processes.ts'
import type { MixedWriterJob } from './programs/mixed-writer.ts'
import type { Random } from './random.ts'
import type { Workspace } from './workspace.ts'

export interface MixturePlan {
  readonly workspace: Workspace
  readonly random: Random
  readonly ledger: Ledger
  readonly root: string
  readonly writers: number
  /** SIGKILLs of random writers, on average after so many of their lines. */
  readonly kills: number
  readonly linesBetweenKills: number
  /** SIGSTOPs, each until `untilResumed` resolves. `linesLater` resolves after that many further lines of the writers. */
  readonly stops: number
  untilResumed(linesLater: (lines: number) => Promise<void>): Promise<void>
  readonly job: Omit<MixedWriterJob, 'root' | 'name' | 'seed'>
}

interface Writer {
  readonly name: string
  readonly program: RunningProgram
  /** Stopped, or resumed and not heard of since: not to be killed. */
  isSpared: boolean
  isOpen: boolean
}

/** Half of the large commits are met by a SIGKILL of their writer, to hit the middle of a `write`. */
const KILL_OF_LARGE = 0.5
const ENCODING_MS = 12
/** This share of kills hits any process, also one that is opening the catalog or making it. */
const KILL_OF_STARTING = 0.3
/** Stops begin between kills, so that the other writers are killed meanwhile. */
const STOP_EVERY_KILLS = 10

/**
 * Writers that do mixed work on the same ids, under random SIGKILLs, each followed by a new writer, and SIGSTOPs.
 * Resolves when all kills and stops are done and the last writers have ended by themselves.
 */
export async function playMixture(plan: MixturePlan): Promise<void> {
  await new Mixture(plan).play()
}

class Mixture {
  readonly #plan: MixturePlan
  readonly #running = new Set<Writer>()
  readonly #isStopped = new Set<Writer>()
  readonly #stops: Promise<void>[] = []
  readonly #over: Promise<void>
  #end: () => void = () => undefined
  readonly #broken: Promise<void>
  #break: () => void = () => undefined
  #isOver = false
  #started = 0
  #kills = 0
  #lines = 0
  #linesUntilKill = 0
  readonly #waiting = new Set<{ readonly untilLine: number; readonly resolve: () => void }>()

  constructor(plan: MixturePlan) {
    this.#plan = plan
    this.#over = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#broken = new Promise((resolve) => {
      this.#break = resolve
    })
  }

  async play(): Promise<void> {
    for (let n = 0; n < this.#plan.writers; n += 1) this.#startWriter()
    await this.#over
    await Promise.all(this.#stops)
    this.#isOver = true
    const last = [...this.#running]
    for (const { program } of last) program.finish()
    await Promise.all(last.map(({ program }) => program.ended))
  }

  #startWriter(): void {
    const { workspace, random, root, job } = this.#plan
    this.#started += 1
    const name = `writer${this.#started}`
    const own = { root, name, seed: random.between(0, 2 ** 31), lanes: random.between(1, job.lanes) }
    const program = workspace.start<MixedWriterJob>('mixed-writer', { ...job, ...own }, (line) =>
      this.#onLine(writer, line),
    )
    const writer: Writer = { name, program, isSpared: false, isOpen: false }
    this.#running.add(writer)
    program.ended.then(({ code, signal, errors }) => {
      this.#running.delete(writer)
      if (signal === 'SIGKILL') return this.#isOver ? undefined : this.#startWriter()
      if (code === 0 && this.#isOver) return undefined
      this.#giveUp(`${name} ended by itself with ${code ?? signal}: ${errors}`)
    })
  }

  /** Also ends the stops: no writer may be left that does what they wait for. */
  #giveUp(problem: string): void {
    this.#plan.ledger.breaks.push(problem)
    this.#end()
    this.#break()
  }

  #onLine(writer: Writer, line: ProgramLine): void {
    const { ledger, kills, stops } = this.#plan
    ledger.take(line)
    this.#countLine()
    if (line.kind === 'failed') this.#giveUp(`${writer.name}: ${line.code} ${line.message}`)
    writer.isOpen = true
    if (line.kind === 'outcome') writer.isSpared = this.#isStopped.has(writer)
    if (this.#kills >= kills) {
      if (this.#stops.length >= stops) this.#end()
      else this.#stopOne()
      return
    }
    if (line.kind === 'intent' && this.#isToDie(line)) this.#killInMidWrite(writer)
    this.#linesUntilKill -= 1
    if (this.#linesUntilKill > 0) return
    const victim = this.#pickVictim()
    if (victim !== undefined) this.#kill(victim)
  }

  #countLine(): void {
    this.#lines += 1
    for (const waiting of this.#waiting) {
      if (waiting.untilLine > this.#lines) continue
      this.#waiting.delete(waiting)
      waiting.resolve()
    }
  }

  #linesLater(lines: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add({ untilLine: this.#lines + lines, resolve })
    })
  }

  /** Most have begun to write: under so many kills, those that are still starting would be most of all. */
  #pickVictim(): Writer | undefined {
    const { random } = this.#plan
    const candidates = [...this.#running].filter(({ isSpared }) => !isSpared)
    const writing = candidates.filter(({ isOpen }) => isOpen)
    return random.chance(KILL_OF_STARTING) ? random.pick(candidates) : random.pick(writing)
  }

  #isToDie({ isLarge }: IntentLine): boolean {
    return isLarge && this.#plan.random.chance(KILL_OF_LARGE)
  }

  #kill(victim: Writer): void {
    const { ledger, linesBetweenKills, random, stops } = this.#plan
    if (victim.isSpared) return
    victim.program.signal('SIGKILL')
    this.#kills += 1
    ledger.add('kills', 1)
    this.#linesUntilKill = random.between(1, 2 * linesBetweenKills)
    if (this.#stops.length < stops && this.#kills % STOP_EVERY_KILLS === 0) this.#stopOne()
  }

  /** Between its intent and its `write` the writer encodes for some milliseconds. */
  #killInMidWrite(writer: Writer): void {
    setTimeout(
      () => {
        if (this.#kills < this.#plan.kills && this.#running.has(writer)) this.#kill(writer)
      },
      this.#plan.random.between(0, ENCODING_MS),
    )
  }

  #stopOne(): void {
    const victim = this.#pickVictim()
    if (victim !== undefined) this.#stops.push(this.#stopForAWhile(victim))
  }

  async #stopForAWhile(victim: Writer): Promise<void> {
    victim.isSpared = true
    this.#isStopped.add(victim)
    victim.program.signal('SIGSTOP')
    this.#plan.ledger.add('stops', 1)
    await Promise.race([this.#plan.untilResumed((lines) => this.#linesLater(lines)), this.#broken])
    this.#isStopped.delete(victim)
    victim.program.signal('SIGCONT')
  }
}
