/** Room `conformance/random`: what every store passes, by random histories and queries against a reference. */
import { type CatalogStore, VERIFICATION_OUTCOMES, type VerificationOutcome } from '@catalog/types'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { commitOf, id } from '../store/commits.ts'
import { foldChanges } from '../store/fold-changes.ts'
import type { CatalogFixture } from '../store/store-harness.ts'
import { PLANNED_IDS, type PlannedChange, plannedCommit, toChange } from './planned-commits.ts'
import type { ReferenceCatalog, ReferenceChange } from './reference-catalog.ts'

/** The stores under test: two are open on the catalog at any time. */
interface OpenStores {
  readonly fixture: CatalogFixture
  readonly stores: CatalogStore[]
}

export type CatalogCommand = fc.AsyncCommand<ReferenceCatalog, OpenStores>

const storeIndex = fc.nat({ max: 1 })

/** Commits of up to three changes, verifications that change nothing, readings of everything, and reopenings where a catalog outlives them. */
export function catalogCommands(reopenIsDurable: boolean): fc.Arbitrary<Iterable<CatalogCommand>> {
  const commit = fc
    .tuple(storeIndex, fc.array(plannedCommit, { minLength: 1, maxLength: 3 }))
    .map(([index, commits]) => new CommitCommand(index, commits))
  const verify = fc
    .record({
      index: storeIndex,
      id: fc.constantFrom(...PLANNED_IDS),
      outcome: fc.constantFrom(...VERIFICATION_OUTCOMES),
      bytes: fc.nat(),
      durationMs: fc.nat({ max: 20_000_000 }),
    })
    .map((planned) => new VerifyCommand(planned))
  const read = storeIndex.map((index) => new ReadCommand(index))
  const reopen = storeIndex.map((index) => new ReopenCommand(index))
  const each = [commit, commit, verify, read]
  return fc.commands(reopenIsDurable ? [...each, reopen] : each, { maxCommands: 20 })
}

class CommitCommand implements CatalogCommand {
  readonly #index: number
  readonly #commits: readonly (readonly PlannedChange[])[]

  constructor(index: number, commits: readonly (readonly PlannedChange[])[]) {
    this.#index = index
    this.#commits = commits
  }

  check(): boolean {
    return true
  }

  async run(model: ReferenceCatalog, { stores }: OpenStores): Promise<void> {
    const applied: boolean[] = []
    const commits = this.#commits.map((planned) => {
      const changes = planned.map((change) => toChange(model, change))
      applied.push(model.commit(changes))
      return commitOf(...changes)
    })
    const outcomes = await storeAt(stores, this.#index).commit(commits)
    expect(outcomes.map((outcome) => outcome.applied)).toEqual(applied)
  }

  toString(): string {
    return `commit(store ${this.#index}, ${JSON.stringify(this.#commits)})`
  }
}

interface PlannedVerification {
  readonly index: number
  readonly id: string
  readonly outcome: VerificationOutcome
  readonly bytes: number
  readonly durationMs: number
}

class VerifyCommand implements CatalogCommand {
  readonly #planned: PlannedVerification

  constructor(planned: PlannedVerification) {
    this.#planned = planned
  }

  check(): boolean {
    return true
  }

  async run(model: ReferenceCatalog, { stores }: OpenStores): Promise<void> {
    const { index, id: text, ...verification } = this.#planned
    const commit = { operation: 'verify', changes: [], verification: { ...verification, id: id(text) } }
    const [outcome] = await storeAt(stores, index).commit([commit])
    expect(outcome?.applied).toBe(model.verify(text))
  }

  toString(): string {
    return `verify(${JSON.stringify(this.#planned)})`
  }
}

class ReadCommand implements CatalogCommand {
  readonly #index: number

  constructor(index: number) {
    this.#index = index
  }

  check(): boolean {
    return true
  }

  async run(model: ReferenceCatalog, { stores }: OpenStores): Promise<void> {
    const store = storeAt(stores, this.#index)
    const present = model.present()
    expect((await store.list({})).map(toReference)).toEqual(present)
    const changes = await store.changes(0)
    expect(changes.map(toReferenceChange)).toEqual(model.applied)
    expect(await store.totals()).toEqual(foldChanges(changes, await store.refresh()))
    expect((await store.counts()).Pending).toBe(present.length)
    for (const text of PLANNED_IDS) {
      const found = await store.get(id(text))
      expect(found && toReference(found)).toEqual(present.find((entry) => entry.id === text))
    }
  }

  toString(): string {
    return `read(store ${this.#index})`
  }
}

class ReopenCommand implements CatalogCommand {
  readonly #index: number

  constructor(index: number) {
    this.#index = index
  }

  check(): boolean {
    return true
  }

  async run(_model: ReferenceCatalog, { fixture, stores }: OpenStores): Promise<void> {
    await fixture.close(storeAt(stores, this.#index))
    stores[this.#index] = await fixture.open()
  }

  toString(): string {
    return `reopen(store ${this.#index})`
  }
}

function storeAt(stores: readonly CatalogStore[], index: number): CatalogStore {
  const store = stores[index]
  if (store === undefined) throw new Error(`store ${index} must be open`)
  return store
}

function toReference({ id: text, revision, name }: ReferenceChange): ReferenceChange {
  return { id: text, revision, name }
}

function toReferenceChange(change: {
  id: string
  revision: number
  entry: { name: string } | null
}): ReferenceChange {
  return { id: change.id, revision: change.revision, name: change.entry?.name ?? null }
}
