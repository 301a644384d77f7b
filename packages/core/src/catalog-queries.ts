import {
  type CommittedChange,
  type LifecycleState,
  type ListQuery,
  type ModelEntry,
  parseLifecycleState,
  parseListQuery,
  parseModelId,
  parseTimeInput,
  type StateCounts,
  type WatchOptions,
} from '@catalog/types'
import type { CatalogContext } from './context/catalog-ports.ts'
import { parsePosition, parseText } from './entry/operation-options.ts'
import { readEntry } from './entry/update-entry.ts'
import { listLeases, type ModelLease } from './lease/lease-model.ts'
import { type ListPage, readPage } from './query/read-page.ts'
import { readStateAt } from './query/state-at.ts'
import { findEntries, type LocatedModel, locateModels } from './serve/find-entries.ts'
import { type OpenModel, openVerifiedModel, type ResolvedModel, resolveModel } from './serve/resolve-model.ts'
import { pathOf } from './verify/verification-target.ts'

/** The catalog as its readers see it: nothing here changes an entry but `resolve`, where a file is no more the verified one. */
export abstract class CatalogQueries {
  readonly #context: CatalogContext

  constructor(context: CatalogContext) {
    this.#context = context
  }

  /** The model, or undefined. */
  async get(id: string): Promise<ModelEntry | undefined> {
    return this.#context.store.get(parseModelId(id))
  }

  /** The models that the query asks for, in its order; all of them by id where there is none. */
  async list(query: ListQuery = {}): Promise<readonly ModelEntry[]> {
    return this.#context.store.list(parseListQuery(query))
  }

  /** The same with what `after` takes to go on behind them. */
  async page(query: ListQuery = {}): Promise<ListPage> {
    return readPage(this.#context, parseListQuery(query))
  }

  /** How many models the query's filters leave, on however many pages. */
  async count(query: ListQuery = {}): Promise<number> {
    return this.#context.store.count(parseListQuery(query))
  }

  /** The models in a state, ordered by id. */
  async listByState(state: LifecycleState): Promise<readonly ModelEntry[]> {
    return this.#context.store.list({ state: parseLifecycleState(state) })
  }

  /** The models with exactly this display name, ordered by id: names need not be unique. */
  async findByName(name: string): Promise<readonly ModelEntry[]> {
    return this.#context.store.list({ name: parseText('name', name) })
  }

  /**
   * Whether an id or a reference means a model: there is one of this id, one whose source it is in any spelling, or
   * one whose file is to be at this path. Says nothing of the file itself.
   */
  async exists(idOrRef: string): Promise<boolean> {
    return (await findEntries(this.#context, parseText('reference', idOrRef))).length > 0
  }

  /** All models that an id or a reference means, each with its paths, as `exists` takes it; none is no error. */
  async locate(idOrRef: string): Promise<readonly LocatedModel[]> {
    return locateModels(this.#context, parseText('reference', idOrRef))
  }

  /** The absolute path where the model's file is, or is to be put. NOT_FOUND. Says nothing of the file itself. */
  async modelPath(id: string): Promise<string> {
    return pathOf(this.#context, await readEntry(this.#context, parseModelId(id)))
  }

  /**
   * Where an Active model is on this node, for serving: after one `stat` of each file, a few microseconds, no reading. A
   * reference means the one model that has it as its source or file. NOT_FOUND; NOT_USABLE where the model is not Active,
   * this node has not verified it, or the policy is against it; FILE_MISSING; FILE_CHANGED where a file is not the one
   * that was verified: then the model is Pending until it is verified again, unless another node has evidence. As good
   * as a fingerprint is: `openVerified` and `verify` are there for more.
   */
  async resolve(idOrRef: string): Promise<ResolvedModel> {
    return resolveModel(this.#context, parseText('idOrRef', idOrRef))
  }

  /**
   * Opens the verified files of an Active model for reading: whatever is done to their names from then on, the
   * descriptors are those of the files that were verified. Close it, or declare it with `await using`. Rejects as
   * `resolve` does.
   */
  async openVerified(idOrRef: string): Promise<OpenModel> {
    return openVerifiedModel(this.#context, parseText('idOrRef', idOrRef))
  }

  /** How many models are in each state. */
  async counts(): Promise<StateCounts> {
    return this.#context.store.counts()
  }

  /** The leases that count now, on one model (NOT_FOUND) or on all, ordered by the model's id. */
  async leases(id?: string): Promise<readonly ModelLease[]> {
    if (id === undefined) return listLeases(this.#context, await this.#context.store.list({}))
    return listLeases(this.#context, [await readEntry(this.#context, parseModelId(id))])
  }

  /**
   * What changed after a position that `refresh` gave, oldest first; from 0, all that the store still keeps.
   * INVALID_INPUT where changes after the position are kept no more.
   */
  async changes(since = 0): Promise<readonly CommittedChange[]> {
    return this.#context.store.changes(parsePosition(since))
  }

  /** Who did what to a model, when and why, oldest first, as far as the store still keeps it; without an id, to all. */
  async history(id?: string): Promise<readonly CommittedChange[]> {
    const only = id === undefined ? undefined : parseModelId(id)
    const changes = await this.#context.store.changes(0)
    return only === undefined ? changes : changes.filter((change) => change.id === only)
  }

  /**
   * The models as they were at a time (ISO 8601), by the clocks of who changed them, ordered by id; or the one of this
   * id, undefined where there was none. What no kept change touches stood as it stands. INVALID_INPUT for what is no
   * time, and where the history that is kept does not reach back far enough to say.
   */
  async stateAt(time: string): Promise<readonly ModelEntry[]>
  async stateAt(time: string, id: string): Promise<ModelEntry | undefined>
  async stateAt(time: string, id?: string): Promise<readonly ModelEntry[] | ModelEntry | undefined> {
    const request = {
      time: parseTimeInput('time', time),
      id: id === undefined ? undefined : parseModelId(id),
    }
    const entries = await readStateAt(this.#context, request)
    return id === undefined ? entries : entries[0]
  }

  /**
   * The changes by any process as they are made, each exactly once and in order, after a position or from now on:
   * `for await (const change of catalog.watch()) …`. Leaving the loop ends it. An open watch keeps the program
   * running, and rejects with the signal's reason, or with CLOSED once the catalog is closed. To miss nothing, take
   * the position from `refresh` before reading what there is, and watch from there.
   */
  watch({ since, signal }: WatchOptions = {}): AsyncIterableIterator<CommittedChange> {
    return this.#context.store.watch({
      since: since === undefined ? undefined : parsePosition(since),
      signal,
    })
  }

  /** Catches up with all writers and returns the present position in the history. */
  async refresh(): Promise<number> {
    return this.#context.store.refresh()
  }
}
