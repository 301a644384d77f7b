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
import { finishNotes } from './evidence/seen-volumes.ts'
import { Fleet } from './fleet/fleet.ts'
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
 * The catalog of models. Any number of callers, in this and other processes on the same store, may call any
 * method at any time. Inputs are checked before anything is read or written. A write that resolves is as
 * durable as the store makes it, and every later read, in any process, sees it. Entries are frozen.
 *
 * Besides the codes of each method, every method that reads the store may reject with CLOSED,
 * CATALOG_REPLACED, DAMAGED, UNSUPPORTED_FORMAT and IO, and every method that writes to it also with
 * READ_ONLY and NO_SPACE.
 */
export class Catalog implements AsyncDisposable {
  /** Downloads of models, one holder at a time. */
  readonly downloads: Downloads
  /** Leases: which holder uses which model. */
  readonly leases: Leases
  /** The policy that the catalog stores for every program. */
  readonly policy: PolicySettings
  /** What was changed, when and by which actor. */
  readonly history: History
  /** Audits, repairs and cleanup. */
  readonly upkeep: Upkeep
  /** Which machines have verified copies. */
  readonly fleet: Fleet
  readonly #context: CatalogContext
  #closing: Promise<void> | undefined

  /**
   * Combines a store, files, volumes and a verifier. `openCatalog` of `model-catalog` does it for the
   * packages of this project.
   *
   * @throws {CatalogError} INVALID_INPUT if `node` is not a host name, or the policy or the holder is invalid
   */
  constructor(ports: CatalogPorts) {
    this.#context = createContext(ports)
    this.downloads = new Downloads(this.#context)
    this.leases = new Leases(this.#context)
    this.policy = new PolicySettings(this.#context)
    this.history = new History(this.#context)
    this.upkeep = new Upkeep(this.#context)
    this.fleet = new Fleet(this.#context)
  }

  /**
   * Adds a model as Pending.
   *
   * @throws {CatalogError} INVALID_INPUT if a field is wrong or unknown
   * @throws {CatalogError} ALREADY_EXISTS if the id, or one that differs only in case, exists, or another
   *   model names its file without the same declared digest
   * @throws {CatalogError} CLOSED if the catalog is closed
   * @throws {CatalogError} READ_ONLY if the catalog is open read-only
   * @throws {CatalogError} NO_SPACE if the disk is full
   *
   * @example
   * ```ts
   * const { state } = await catalog.register({
   *   id: 'mistral-7b',
   *   source: 'hf:org/mistral-7b/model.gguf',
   *   digest: 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
   * })
   * console.log(state) // Pending
   * ```
   */
  async register(input: RegistrationInput): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'register', id: input?.id }, async () =>
      registerModel(this.#context, parseRegistration(input)),
    )
  }

  /**
   * Reads the model's files to the last byte. The right bytes make the model Active (a Retired model stays
   * Retired) and are recorded as evidence of their volume; if no digest was declared, the one found is
   * recorded as computed. Wrong bytes make the model Failed, unless evidence of another volume shows the
   * right ones. Any other rejection, also with the signal's reason, leaves the entry unchanged.
   *
   * @param path reads this file instead; if its bytes are right, the model refers to it from then on. Wrong
   *   bytes there change nothing if the model's own file was verified.
   *
   * @throws {CatalogError} DIGEST_MISMATCH if the bytes are wrong, once that is recorded
   * @throws {CatalogError} SIZE_MISMATCH if a size is wrong, once that is recorded
   * @throws {CatalogError} NOT_A_MODEL if a file without a declared digest cannot be a model, once that is
   *   recorded
   * @throws {CatalogError} INVALID_INPUT if an argument is invalid
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} CONFLICT if the entry was changed to mean other bytes while the file was read
   * @throws {CatalogError} ALREADY_EXISTS if another model names the path, and its bytes are not known to be
   *   the same
   * @throws {CatalogError} FILE_MISSING if a file does not exist
   * @throws {CatalogError} NOT_A_REGULAR_FILE if a file is something else, or symbolic links lead to where
   *   they may not lead
   * @throws {CatalogError} FILE_CHANGED if a file changed while it was read
   * @throws {CatalogError} IO if a file cannot be read
   * @throws {CatalogError} CLOSED if the catalog is closed, also while files are read
   *
   * @example
   * ```ts
   * import { isCatalogError } from '@catalog/types'
   *
   * try {
   *   const { state } = await catalog.verify('llama-3.1-8b', { signal: AbortSignal.timeout(3_600_000) })
   *   console.log(state) // Active
   * } catch (error) {
   *   if (!isCatalogError(error, 'DIGEST_MISMATCH')) throw error
   *   console.error('wrong bytes:', error.details.path)
   * }
   * ```
   */
  async verify(id: string, path?: string, options?: VerifyOptions): Promise<ModelEntry>
  /** Reads the model's files to the last byte, and makes it Active or Failed: the same without a path. */
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
   * Changes fields of a model: an absent field stays, null removes it. A new digest, size, source, file,
   * location or list of files makes the model Pending and removes all evidence, unless it shows that a file
   * has other bytes than the new ones. Declaring the computed digest changes only its origin.
   *
   * @throws {CatalogError} INVALID_INPUT if a field is wrong or unknown, or the digest is not that of the
   *   files, if all of theirs are known
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} CONFLICT if the entry is not at `ifRevision`
   * @throws {CatalogError} IN_USE if source, place or files would change while the model is downloaded
   * @throws {CatalogError} ALREADY_EXISTS if another model names its file without the same declared digest
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * const entry = await catalog.update('llama-3.1-8b', { tags: ['chat'] }, { reason: 'sorted' })
   * console.log(entry.tags?.join()) // chat
   * ```
   */
  async update(id: string, update: EntryUpdateInput, options?: WriteOptions): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'update', id }, async () => {
      const checked = { id: parseModelId(id), update: parseEntryUpdate(update) }
      return changeModel(this.#context, { ...checked, ...parseWriteOptions(options) })
    })
  }

  /**
   * Sets the state. `canTransition` returns which changes are allowed; setting the present state changes
   * nothing. From Failed to Pending all evidence is removed, so that only a new verification makes the model
   * Active. With `wait`, setting Retired waits until the model is not in use.
   *
   * @throws {CatalogError} INVALID_INPUT if an argument is invalid
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} CONFLICT if the entry is not at `ifRevision`
   * @throws {CatalogError} INVALID_TRANSITION if the change is not allowed, also to Active without evidence
   *   for the present digest
   * @throws {CatalogError} IN_USE if the model has active leases and is to be Retired
   * @throws {CatalogError} NOT_USABLE if the model is to be Active and the policy forbids its use
   * @throws {CatalogError} FILE_MISSING if the model is to be Active and one of its files does not exist
   * @throws {CatalogError} NOT_A_REGULAR_FILE if the model is to be Active and one of its files is something
   *   else
   * @throws {CatalogError} FILE_CHANGED if the model is to be Active and one of its files changed since it
   *   was verified
   * @throws {CatalogError} EVIDENCE_STALE if the model is to be Active and only the ctime of a file changed
   *   since then
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * const { state } = await catalog.setState('llama-3.1-8b', 'Retired', { reason: 'replaced' })
   * console.log(state) // Retired
   * ```
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
   * Removes a model from the catalog and returns its last entry. Its files stay. With `wait`, waits until the
   * model is not in use.
   *
   * @throws {CatalogError} INVALID_INPUT if an argument is invalid
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} CONFLICT if the entry is not at `ifRevision`
   * @throws {CatalogError} IN_USE if the model has active leases or is downloaded
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async remove(id: string, options?: WriteOptions & WaitOptions): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'remove', id }, async () => {
      return removeModel(this.#context, { id: parseModelId(id), ...parseWriteAndWaitOptions(options) })
    })
  }

  /**
   * The model, or undefined if no model has this id. Its source is as it was registered: show it through
   * `toPublicEntry`.
   *
   * @throws {CatalogError} INVALID_INPUT if the id is not a model id
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * const entry = await catalog.get('llama-3.1-8b')
   * console.log(entry?.state) // Active
   * ```
   */
  async get(id: string): Promise<ModelEntry | undefined> {
    return this.#context.store.get(parseModelId(id))
  }

  /**
   * The models that the query asks for, in its order; without a query, all models by id.
   *
   * @throws {CatalogError} INVALID_INPUT if a filter is wrong or unknown
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * const largest = await catalog.list({ state: 'Active', order: '-size', limit: 10 })
   * console.log(largest.map(({ id }) => id).join()) // llama-3.1-8b
   * ```
   */
  async list(query?: ListQuery): Promise<readonly ModelEntry[]> {
    return this.#context.store.list(parseListQuery(query))
  }

  /**
   * One page of the models that the query asks for, with the value of `after` for the next one.
   *
   * @throws {CatalogError} INVALID_INPUT if a filter is wrong or unknown
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * let after: string | undefined
   * do {
   *   const page = await catalog.page({ limit: 100, after })
   *   for (const { id } of page.entries) console.log(id) // llama-3.1-8b
   *   after = page.next
   * } while (after !== undefined)
   * ```
   */
  async page(query?: ListQuery): Promise<ListPage> {
    return readPage(this.#context, parseListQuery(query))
  }

  /**
   * How many models match the query's filters, on all pages together.
   *
   * @throws {CatalogError} INVALID_INPUT if a filter is wrong or unknown
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async count(query?: ListQuery): Promise<number> {
    return this.#context.store.count(parseListQuery(query))
  }

  /**
   * How many models are in each state.
   *
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async counts(): Promise<StateCounts> {
    return this.#context.store.counts()
  }

  /**
   * The models in a state, ordered by id.
   *
   * @throws {CatalogError} INVALID_INPUT if it is not one of the four states
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async listByState(state: LifecycleState): Promise<readonly ModelEntry[]> {
    return this.#context.store.list({ state: parseLifecycleState(state) })
  }

  /**
   * The models with exactly this display name, ordered by id: names need not be unique.
   *
   * @throws {CatalogError} INVALID_INPUT if the name is not a non-empty string without NUL
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async findByName(name: string): Promise<readonly ModelEntry[]> {
    return this.#context.store.list({ name: parseText('name', name) })
  }

  /**
   * All models that an id or a reference can mean, each with its paths: the model with this id, those with
   * this source in any spelling, and those whose file has this path. Empty if there are none. Accesses no
   * file.
   *
   * @throws {CatalogError} INVALID_INPUT if the argument is not a non-empty string without NUL
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async locate(idOrRef: string): Promise<readonly LocatedModel[]> {
    return locateModels(this.#context, parseText('reference', idOrRef))
  }

  /**
   * What became of the model's files since they were read on this machine, for people: one `stat` of each
   * file; nothing is recorded. To serve a model use `resolve`.
   *
   * @throws {CatalogError} INVALID_INPUT if the id is not a model id
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async standing(id: string): Promise<ModelStanding> {
    return readStanding(this.#context, await readEntry(this.#context, parseModelId(id)))
  }

  /**
   * The absolute path at which the model's file is, or is to be. Does not access the file.
   *
   * @throws {CatalogError} INVALID_INPUT if the id is not a model id
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async modelPath(id: string): Promise<string> {
    return pathOf(this.#context, await readEntry(this.#context, parseModelId(id)))
  }

  /**
   * Where the files of an Active model are on this machine, for serving: one `stat` of each file, a few
   * microseconds, no reading. Of several models that a reference can mean, the first that is Active. The
   * check is as good as a fingerprint: `openVerified` and `verify` prove more.
   *
   * @param idOrRef a model id, a source in any spelling, or the path of a model's file
   *
   * @throws {CatalogError} INVALID_INPUT if the argument is not a non-empty string without NUL
   * @throws {CatalogError} NOT_FOUND if no model is meant
   * @throws {CatalogError} NOT_USABLE if the model is not Active, was not verified on a volume that is
   *   mounted, or the policy forbids its use
   * @throws {CatalogError} FILE_MISSING if one of its files does not exist, or its disk is not mounted
   * @throws {CatalogError} NOT_A_REGULAR_FILE if one of its files is something else, or symbolic links lead
   *   to where they may not
   * @throws {CatalogError} EVIDENCE_STALE if only the ctime of a file changed since it was verified: the
   *   model stays Active, and is served once it was verified again
   * @throws {CatalogError} FILE_CHANGED if a file is not the one that was verified: the model is then Pending
   *   until it is verified again, unless another volume has evidence
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * const { path, sizeBytes } = await catalog.resolve('llama-3.1-8b')
   * console.error(path, sizeBytes)
   * ```
   */
  async resolve(idOrRef: string): Promise<ResolvedModel> {
    return resolveModel(this.#context, parseText('idOrRef', idOrRef))
  }

  /**
   * Opens the verified files of an Active model for reading. The descriptors are those of the verified files,
   * even if their names change later. Close the result, or declare it with `await using`.
   *
   * @param idOrRef a model id, a source in any spelling, or the path of a model's file
   *
   * @throws {CatalogError} INVALID_INPUT if the argument is not a non-empty string without NUL
   * @throws {CatalogError} NOT_FOUND if no model is meant
   * @throws {CatalogError} NOT_USABLE if the model is not Active, was not verified on a volume that is
   *   mounted, or the policy forbids its use
   * @throws {CatalogError} FILE_MISSING if one of its files does not exist, or its disk is not mounted
   * @throws {CatalogError} NOT_A_REGULAR_FILE if one of its files is something else, or symbolic links lead
   *   to where they may not
   * @throws {CatalogError} EVIDENCE_STALE if only the ctime of a file changed since it was verified: the
   *   model stays Active, and is served once it was verified again
   * @throws {CatalogError} FILE_CHANGED if a file is not the one that was verified: the model is then Pending
   *   until it is verified again, unless another volume has evidence
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * import { readSync } from 'node:fs'
   *
   * await using model = await catalog.openVerified('llama-3.1-8b')
   * const magic = Buffer.alloc(4)
   * for (const { fd } of model.files) readSync(fd, magic, 0, 4, 0)
   * console.log(magic.toString()) // GGUF
   * ```
   */
  async openVerified(idOrRef: string): Promise<OpenModel> {
    return openVerifiedModel(this.#context, parseText('idOrRef', idOrRef))
  }

  /**
   * The changes of any process as they are made, each exactly once and in order, after a position or from now
   * on. Leaving the loop ends the watch. An open watch keeps the program running, and rejects with the
   * signal's reason once it is aborted. To miss nothing, take the position from `refresh` before reading the
   * models, and watch from there.
   *
   * @throws {CatalogError} INVALID_INPUT if an option is invalid, changes after the position are no longer
   *   kept, or the history has not reached it
   * @throws {CatalogError} CLOSED if the catalog is closed, also during the watch
   *
   * @example
   * ```ts
   * const since = await catalog.refresh()
   * await catalog.register({ id: 'mistral-7b', source: 'hf:org/mistral-7b' })
   * for await (const { operation, id } of catalog.watch({ since })) {
   *   console.log(operation, id) // register mistral-7b
   *   break
   * }
   * ```
   */
  watch(options?: WatchOptions): AsyncIterableIterator<CommittedChange> {
    return this.#context.store.watch(parseWatchOptions(options))
  }

  /**
   * Reads what all writers have added and returns the present position in the history.
   *
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async refresh(): Promise<number> {
    return this.#context.store.refresh()
  }

  /**
   * Closes the verifier at once, and the store once writes under way have ended. A verification under way,
   * and every later call, rejects with CLOSED. May be repeated.
   *
   * @throws {CatalogError} IO if the disk fails while the store is closed; every acknowledged change is
   *   durable
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

async function closeAll(context: CatalogContext): Promise<void> {
  const { store, verifier, volumes } = context
  try {
    await verifier.close()
  } finally {
    await finishNotes(context)
    await volumes.close().finally(() => store.close())
  }
}
