import {
  type CommittedChange,
  type EntryUpdateInput,
  type LifecycleState,
  type ListQuery,
  type ModelEntry,
  parseModelId,
  type RegistrationInput,
  type StateCounts,
  type WatchOptions,
} from '@catalog/types'
import {
  parseEntryUpdate,
  parseLifecycleState,
  parseListQuery,
  parseRegistration,
  parseText,
} from '@catalog/types/schema'
import { changeModel } from './change/change-model.ts'
import { registerModel } from './change/register-model.ts'
import { removeModel } from './change/remove-model.ts'
import { setModelState } from './change/set-model-state.ts'
import { type CatalogContext, type CatalogPorts, createContext } from './context/catalog-ports.ts'
import { Downloads } from './download/downloads.ts'
import { observeOperation } from './entry/observe-operation.ts'
import {
  parseVerifyOptions,
  parseWriteOptions,
  type VerifyOptions,
  type WriteOptions,
} from './entry/operation-options.ts'
import { readEntry } from './entry/update-entry.ts'
import { Leases } from './lease/leases.ts'
import { parseWriteAndWaitOptions, type WaitOptions } from './lease/wait-until-unused.ts'
import { History } from './query/history.ts'
import { type ListPage, readPage } from './query/read-page.ts'
import { parseWatchOptions } from './query/watch-options.ts'
import { type LocatedModel, locateModels } from './serve/find-entries.ts'
import { type OpenModel, openVerifiedModel, type ResolvedModel, resolveModel } from './serve/resolve-model.ts'
import { type ModelStanding, readStanding } from './serve/standing.ts'
import { PolicySettings } from './settings/policy-settings.ts'
import { Upkeep } from './upkeep/upkeep.ts'
import { pathOf } from './verify/verification-target.ts'
import { entryOfMatch } from './verify/verified.ts'
import { verifyModel } from './verify/verify-model.ts'

/**
 * The catalog of models. Every method may be called at any time by any number of callers, here and in other
 * processes on the same store. Inputs are checked before anything is read or written (INVALID_INPUT); a write that
 * resolves is as durable as the store makes it, and every later read, in any process, sees it. Entries are frozen.
 * Every method may also reject with what the store rejects with: CLOSED, DAMAGED, IO, and for writes READ_ONLY
 * and NO_SPACE.
 */
export class Catalog implements AsyncDisposable {
  /** Downloading models, one holder at a time. */
  readonly downloads: Downloads
  /** Who uses which model. */
  readonly leases: Leases
  /** The policy that the catalog stores for every program. */
  readonly policy: PolicySettings
  /** What was changed, when and by whom. */
  readonly history: History
  /** Auditing, repairing and cleaning up. */
  readonly upkeep: Upkeep
  readonly #context: CatalogContext
  #closing: Promise<void> | undefined

  /** @throws {CatalogError} INVALID_INPUT if `node` is not a host name, or the policy or the holder is wrong */
  constructor(ports: CatalogPorts) {
    this.#context = createContext(ports)
    this.downloads = new Downloads(this.#context)
    this.leases = new Leases(this.#context)
    this.policy = new PolicySettings(this.#context)
    this.history = new History(this.#context)
    this.upkeep = new Upkeep(this.#context)
  }

  /**
   * Adds a model as Pending.
   *
   * @throws {CatalogError} ALREADY_EXISTS if the id, or one that differs from it only in case, is taken, or if another
   *   model names its file, and not with the same declared digest
   */
  async register(input: RegistrationInput): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'register', id: input?.id }, async () =>
      registerModel(this.#context, parseRegistration(input)),
    )
  }

  /**
   * Reads the model's file to its last byte. The right bytes make the model Active (a Retired one stays Retired) and
   * are recorded as this machine's evidence; if no digest was declared, the one found is recorded as computed. Wrong
   * bytes make the model Failed, unless another machine has the right ones. With a `path`, that file is read, and the
   * model refers to it from then on if its bytes are right; wrong bytes there change nothing if the model's own file
   * was verified. Any other rejection, also with the signal's reason, leaves the entry as it was.
   *
   * @throws {CatalogError} DIGEST_MISMATCH, SIZE_MISMATCH once it is recorded that the bytes are wrong
   * @throws {CatalogError} NOT_A_MODEL once it is recorded that a file without a declared digest cannot be a model
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} CONFLICT if the entry came to mean other bytes while the file was read
   * @throws {CatalogError} ALREADY_EXISTS if another model names the path, and its bytes are not known to be the same
   * @throws {CatalogError} FILE_MISSING, NOT_A_REGULAR_FILE, FILE_CHANGED, IO
   */
  async verify(id: string, path?: string, options?: VerifyOptions): Promise<ModelEntry>
  async verify(id: string, options: VerifyOptions): Promise<ModelEntry>
  async verify(
    id: string,
    pathOrOptions?: string | VerifyOptions,
    more?: VerifyOptions,
  ): Promise<ModelEntry> {
    const [path, options] =
      typeof pathOrOptions === 'object' ? [undefined, pathOrOptions] : [pathOrOptions, more]
    return observeOperation(this.#context, { operation: 'verify', id, options }, async () => {
      const checked = { id: parseModelId(id), path: path === undefined ? path : parseText('path', path) }
      return entryOfMatch(await verifyModel(this.#context, { ...checked, ...parseVerifyOptions(options) }))
    })
  }

  /**
   * Changes what is recorded of a model: an absent field stays, null removes it. A new digest, size, source, file,
   * location or list of files makes the model Pending and removes all evidence, but for files that are known to have other bytes. Declaring the digest that was
   * computed changes only its origin.
   *
   * @throws {CatalogError} INVALID_INPUT also for a digest that is not that of the files, if all of theirs are known
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} CONFLICT if the entry is not at `ifRevision`
   * @throws {CatalogError} IN_USE if source, place or files would change while the model is downloaded
   * @throws {CatalogError} ALREADY_EXISTS if another model names its file, and not with the same declared digest
   */
  async update(id: string, update: EntryUpdateInput, options?: WriteOptions): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'update', id }, async () => {
      const checked = { id: parseModelId(id), update: parseEntryUpdate(update) }
      return changeModel(this.#context, { ...checked, ...parseWriteOptions(options) })
    })
  }

  /**
   * Sets the state by the table of `docs/lifecycle.md`; the state that the model has changes nothing. From Failed to
   * Pending all evidence is removed, so that only a new verification leads to Active. With `wait`, setting Retired
   * waits until the model is not in use.
   *
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} CONFLICT if the entry is not at `ifRevision`
   * @throws {CatalogError} INVALID_TRANSITION also to Active while no evidence matches the present digest
   * @throws {CatalogError} IN_USE for Retired while the model has active leases
   */
  async setState(
    id: string,
    state: LifecycleState,
    options?: WriteOptions & WaitOptions,
  ): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'set-state', id }, async () => {
      const checked = { id: parseModelId(id), state: parseLifecycleState(state) }
      return setModelState(this.#context, { ...checked, ...parseWriteAndWaitOptions(options) })
    })
  }

  /**
   * Removes the model from the catalog and returns it. Its file stays. With `wait`, waits until it is not in use.
   *
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} CONFLICT if the entry is not at `ifRevision`
   * @throws {CatalogError} IN_USE while the model has active leases or is downloaded
   */
  async remove(id: string, options?: WriteOptions & WaitOptions): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'remove', id }, async () => {
      return removeModel(this.#context, { id: parseModelId(id), ...parseWriteAndWaitOptions(options) })
    })
  }

  /** The model, or undefined if no model has this id. Its source is as it was registered: show it by `toPublicEntry`. */
  async get(id: string): Promise<ModelEntry | undefined> {
    return this.#context.store.get(parseModelId(id))
  }

  /** The models that the query asks for, in its order; without one, all of them by id. */
  async list(query?: ListQuery): Promise<readonly ModelEntry[]> {
    return this.#context.store.list(parseListQuery(query))
  }

  /** The same, with the cursor that `after` takes to go on behind them. */
  async page(query?: ListQuery): Promise<ListPage> {
    return readPage(this.#context, parseListQuery(query))
  }

  /** How many models match the query's filters, on all pages together. */
  async count(query?: ListQuery): Promise<number> {
    return this.#context.store.count(parseListQuery(query))
  }

  /** How many models are in each state. */
  async counts(): Promise<StateCounts> {
    return this.#context.store.counts()
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
   * All models that an id or a reference means, each with its paths: the one of this id, those whose source it is in
   * any spelling, and those whose file is to be at this path. Empty if there are none; looks at no file.
   */
  async locate(idOrRef: string): Promise<readonly LocatedModel[]> {
    return locateModels(this.#context, parseText('reference', idOrRef))
  }

  /**
   * What became of the model's files since they were read here, for people: one `stat` of each file, and nothing is
   * recorded. For serving there is `resolve`.
   *
   * @throws {CatalogError} NOT_FOUND if no model has this id
   */
  async standing(id: string): Promise<ModelStanding> {
    return readStanding(this.#context, await readEntry(this.#context, parseModelId(id)))
  }

  /**
   * The absolute path where the model's file is, or is to be put. Says nothing of the file itself.
   *
   * @throws {CatalogError} NOT_FOUND if no model has this id
   */
  async modelPath(id: string): Promise<string> {
    return pathOf(this.#context, await readEntry(this.#context, parseModelId(id)))
  }

  /**
   * Where an Active model is on this machine, for serving: one `stat` of each file, a few microseconds, no reading. A
   * reference means the one model that has it as its source or file. As good as a fingerprint is: `openVerified` and
   * `verify` are there for more.
   *
   * @throws {CatalogError} NOT_FOUND if no model is meant
   * @throws {CatalogError} NOT_USABLE if the model is not Active, was not verified on a volume that is here, or the policy
   *   forbids it
   * @throws {CatalogError} FILE_MISSING if one of its files does not exist, or is away with its disk
   * @throws {CatalogError} EVIDENCE_STALE if nothing but the ctime of a file changed since it was verified: the model stays
   *   Active, and is served once it was read again
   * @throws {CatalogError} FILE_CHANGED if a file is not the one that was verified: the model is then Pending until it
   *   is verified again, unless another volume has evidence
   */
  async resolve(idOrRef: string): Promise<ResolvedModel> {
    return resolveModel(this.#context, parseText('idOrRef', idOrRef))
  }

  /**
   * Opens the verified files of an Active model for reading: even if their names change later, the
   * descriptors are those of the files that were verified. Close it, or declare it with `await using`.
   *
   * @throws {CatalogError} as `resolve` does
   */
  async openVerified(idOrRef: string): Promise<OpenModel> {
    return openVerifiedModel(this.#context, parseText('idOrRef', idOrRef))
  }

  /**
   * The changes by any process as they are made, each exactly once and in order, after a position or from now on:
   * `for await (const change of catalog.watch()) …`. Leaving the loop ends it. An open watch keeps the program
   * running, and rejects with the signal's reason, or with CLOSED once the catalog is closed. To miss nothing, take
   * the position from `refresh` before reading the models, and watch from there.
   */
  watch(options?: WatchOptions): AsyncIterableIterator<CommittedChange> {
    return this.#context.store.watch(parseWatchOptions(options))
  }

  /** Catches up with all writers and returns the present position in the history. */
  async refresh(): Promise<number> {
    return this.#context.store.refresh()
  }

  /**
   * Closes the store once writes under way have ended, and the verifier at once: a verification under way rejects
   * with CLOSED, as does every later call. May be repeated.
   */
  close(): Promise<void> {
    this.#closing ??= closeAll(this.#context)
    return this.#closing
  }

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

async function closeAll({ store, verifier, volumes }: CatalogContext): Promise<void> {
  try {
    await verifier.close()
  } finally {
    await volumes.close().finally(() => store.close())
  }
}
