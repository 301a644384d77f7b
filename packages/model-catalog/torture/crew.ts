import type { ChildProcess } from 'node:child_process'
import { onLine, startProgram, untilExit } from '../test/run-program.ts'
import type { WorkerJob, WorkerLine } from './worker.ts'

/** What the run has come to. */
export class TortureTally {
  readonly counts: Map<string, number> = new Map()
  readonly outcomes: Map<string, number> = new Map()
  /** What must not be. */
  readonly breaks: string[] = []

  add(what: string, count = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + count)
  }

  take({ operation, outcome, broken }: WorkerLine): void {
    this.add('operations')
    const key = `${operation} ${outcome}`
    this.outcomes.set(key, (this.outcomes.get(key) ?? 0) + 1)
    if (broken !== undefined) this.breaks.push(`${operation}: ${broken}`)
  }
}

interface Member {
  readonly process: ChildProcess
  readonly ended: Promise<{ code: number | null; signal: string | null }>
}

/** The processes that use the catalog. One that is killed is followed by another one, of another name. */
export class Crew {
  readonly #tally: TortureTally
  readonly #jobOf: (slot: number) => WorkerJob
  #members: Member[] = []

  constructor(tally: TortureTally, jobOf: (slot: number) => WorkerJob) {
    this.#tally = tally
    this.#jobOf = jobOf
  }

  async start(size: number): Promise<void> {
    for (let slot = 0; slot < size; slot += 1) this.#members.push(await this.#startOne(slot))
  }

  /** Kills one at any moment, and starts the next. */
  async replace(slot: number): Promise<void> {
    const member = this.#members[slot]
    if (member === undefined) return
    member.process.kill('SIGKILL')
    await member.ended
    this.#tally.add('kills')
    this.#members[slot] = await this.#startOne(slot)
  }

  /** Lets all come to the end of what they do, or kills them. */
  async stop(how: 'end' | 'kill'): Promise<void> {
    for (const { process } of this.#members) {
      if (how === 'kill') process.kill('SIGKILL')
      else process.stdin?.end()
    }
    for (const { ended } of this.#members.splice(0)) {
      const { code, signal } = await ended
      if (how === 'end' && code !== 0) this.#tally.breaks.push(`a process ended with ${code ?? signal}`)
    }
    if (how === 'kill') this.#tally.add('kills of all')
  }

  async #startOne(slot: number): Promise<Member> {
    const process = await startProgram(new URL('./worker.ts', import.meta.url), [
      JSON.stringify(this.#jobOf(slot)),
    ])
    this.#tally.add('processes')
    process.stdin?.on('error', () => undefined)
    onLine(process, (line) => this.#tally.take(JSON.parse(line) as WorkerLine))
    return { process, ended: untilExit(process) }
  }
}
