import { sampleEntry } from '@catalog/testkit'
import {
  type CatalogStore,
  type Change,
  type Commit,
  type CommitOutcome,
  isCatalogError,
  type ModelEntry,
  type ModelId,
  parseModelId,
} from '@catalog/types'
import { type FileStoreOptions, openFileStore } from '../../src/file-store.ts'
import { BrokenPromise, describeChange } from './check-observations.ts'
import { describeEntries } from './journal-oracle.ts'
import type { CommitObservation, Observations, ToldOutcome } from './observations.ts'
import type { Random } from './random.ts'
import type { SimulatedProcess } from './simulated-process.ts'

/** Few, so that writers meet; two that differ only in case. */
const IDS: readonly ModelId[] = ['alpha', 'Alpha', 'beta', 'org/gamma', 'delta'].map(parseModelId)
const MODELS = new Map(IDS.map((id) => [id, sampleEntry({ id })]))

export interface ActorOptions {
  readonly process: SimulatedProcess
  readonly isWriter: boolean
  readonly store: Omit<FileStoreOptions, 'disk' | 'timers'>
  readonly random: Random
  readonly observations: Observations
  /** Notes something in the trace. */
  readonly remark: (text: string) => void
  /** Waits until the schedule lets this process begin something; false when it shall begin nothing more. */
  readonly nextTurn: () => Promise<boolean>
}

/** A program that uses one store in its process, with random operations, and notes all it is told. */
export class Actor {
  /** What is open when the actor stops. */
  store: CatalogStore | undefined
  readonly #options: ActorOptions
  /** What this actor believes about each id, for the revisions of its next commits. */
  readonly #revisions = new Map<ModelId, number>()

  constructor(options: ActorOptions) {
    this.#options = options
  }

  async run(): Promise<void> {
    try {
      while (await this.#options.nextTurn()) await this.#act()
    } catch (error) {
      this.#options.observations.failures.push(error)
    }
  }

  async #act(): Promise<void> {
    const { random, isWriter } = this.#options
    if (this.store === undefined) return await this.open()
    if (random.chance(0.06)) return await this.#close(this.store)
    if (!isWriter || random.chance(0.3)) return await this.#readAtOnce(this.store, random.chance(0.3) ? 2 : 1)
    const callers = random.chance(0.2) ? 2 : 1
    await Promise.all(Array.from({ length: callers }, () => this.#commit()))
  }

  /** One of them may begin after something that the other was too early to see. */
  async #readAtOnce(store: CatalogStore, callers: number): Promise<void> {
    const { process } = this.#options
    await Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        if (caller > 0 && !(await this.#options.nextTurn())) return
        await this.#read(store, `${process.name}/${caller}`)
      }),
    )
  }

  async open(): Promise<void> {
    const { store, process } = this.#options
    await this.#expectTyped(async () => {
      this.store = await openFileStore({ ...store, disk: process, timers: process.timers })
    })
  }

  async #close(store: CatalogStore): Promise<void> {
    this.store = undefined
    await this.#expectTyped(() => store.close())
    const { name, openFiles } = this.#options.process
    if (openFiles > 0) throw new BrokenPromise(`${name} closed its store and has ${openFiles} files open`)
  }

  async #read(store: CatalogStore, reader: string): Promise<void> {
    const { observations, random } = this.#options
    const startedAt = observations.tick()
    await this.#expectTyped(async () => {
      const seen = await this.#look(store, random.pick(['state', 'state', 'entry', 'position', 'changes']))
      observations.reads.push({ reader, startedAt, endedAt: observations.tick(), seen })
    })
  }

  async #look(store: CatalogStore, kind: string): Promise<Observations['reads'][number]['seen']> {
    const { random } = this.#options
    if (kind === 'position') return { kind, position: await store.refresh() }
    if (kind === 'changes') {
      const since = random.below(4)
      return { kind, since, changes: (await store.changes(since)).map(describeChange) }
    }
    if (kind === 'entry') {
      const id = random.pick(IDS)
      const entry = await store.get(id)
      this.#believe(id, entry)
      return { kind, id, entry: entry && describeEntries([entry]) }
    }
    const entries = await store.list({})
    for (const entry of entries) this.#believe(entry.id, entry)
    return { kind: 'state', state: describeEntries(entries) }
  }

  async #commit(): Promise<void> {
    const { random, observations } = this.#options
    const commits = Array.from({ length: random.chance(0.2) ? 2 : 1 }, () => this.#inventCommit())
    const seen = commits.map(({ operation }) => observations.startCommit(operation))
    try {
      const outcomes = await this.store?.commit(commits)
      outcomes?.forEach((outcome, index) => {
        this.#learn(commits[index], seen[index], outcome)
      })
    } catch (error) {
      for (const commit of seen) this.#tell(commit, toldOutcomeOf(error), [])
      await this.#afterFailure(error)
    }
  }

  #inventCommit(): Commit {
    const { random, observations } = this.#options
    const operation = `c${observations.commits.length}-${observations.tick()}`
    const first = random.pick(IDS)
    const second = random.pick(IDS)
    const isPair = random.chance(0.15) && first.toLowerCase() !== second.toLowerCase()
    return {
      operation,
      changes: (isPair ? [first, second] : [first]).map((id) => this.#inventChange(id, operation)),
    }
  }

  #inventChange(id: ModelId, operation: string): Change {
    const { random } = this.#options
    const believed = this.#revisions.get(id) ?? 0
    const ifRevision = random.chance(0.1) ? random.below(4) : believed
    const isRemoval = ifRevision > 0 && random.chance(0.3)
    return {
      id,
      ifRevision,
      entry: isRemoval ? null : { ...(MODELS.get(id) ?? sampleEntry({ id })), name: operation },
    }
  }

  #learn(commit: Commit | undefined, seen: CommitObservation | undefined, outcome: CommitOutcome): void {
    if (commit === undefined || seen === undefined) return
    if (!outcome.applied) {
      for (const { id, foundRevision, foundId } of outcome.conflicts) {
        this.#revisions.set(id, foundId === id ? foundRevision : 0)
      }
      this.#tell(seen, 'conflict', [])
      return
    }
    commit.changes.forEach(({ id }, index) => {
      this.#believe(id, outcome.entries[index] ?? undefined)
    })
    const revisions = outcome.entries.map((entry) => entry?.revision ?? 0)
    this.#tell(seen, 'applied', revisions)
  }

  #tell(commit: CommitObservation, told: ToldOutcome, revisions: readonly number[]): void {
    commit.told = told
    commit.revisions = revisions
    commit.endedAt = this.#options.observations.tick()
    this.#options.remark(`was told ${commit.operation} ${told} ${revisions}`)
  }

  #believe(id: ModelId, entry: ModelEntry | undefined): void {
    this.#revisions.set(id, entry?.revision ?? 0)
  }

  async #expectTyped(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      await this.#afterFailure(error)
    }
  }

  /** A disk error is one to live with, by opening the catalog again; anything else is a bug. */
  async #afterFailure(error: unknown): Promise<void> {
    this.#options.remark(String(error))
    if (
      !isCatalogError(error, 'IO') &&
      !isCatalogError(error, 'NO_SPACE') &&
      !isCatalogError(error, 'CLOSED')
    )
      throw error
    const { store } = this
    if (store !== undefined && this.#options.random.chance(0.7)) await this.#close(store)
  }
}

function toldOutcomeOf(error: unknown): ToldOutcome {
  if (isCatalogError(error, 'CLOSED')) return 'none'
  if (isCatalogError(error, 'NO_SPACE')) return error.details.outcome
  if (isCatalogError(error, 'IO')) return error.details.outcome ?? 'none'
  return 'unknown'
}
