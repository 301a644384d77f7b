import {
  type Attribution,
  type CommittedChange,
  type EntryUpdateInput,
  type Lease,
  type LifecycleState,
  type ListQuery,
  type ModelEntry,
  parseAttribution,
  parseEntryUpdate,
  parseHolder,
  parseLifecycleState,
  parseListQuery,
  parseModelId,
  parsePlan,
  parseRegistration,
  parseTimeInput,
  type RegistrationInput,
  type StateCounts,
  type UpkeepPlan,
  type WatchOptions,
} from '@catalog/types'
import { type ApplyOptions, type ApplyReport, applyPlan } from './apply-plan.ts'
import { type AuditReport, auditModels } from './audit.ts'
import { beginDownload, type ModelDownload, type NoDownload } from './begin-download.ts'
import { type CatalogContext, type CatalogPorts, createContext } from './catalog-ports.ts'
import { changeModel } from './change-model.ts'
import { planCollection } from './collect.ts'
import { planDedupe } from './dedupe.ts'
import { diagnoseCatalog } from './doctor.ts'
import { abandonDownload, renewDownload } from './download-holder.ts'
import {
  type BeginDownloadOptions,
  type DownloadOptions,
  type FinishDownloadOptions,
  parseDownloadOptions,
  parseInPlace,
  type RenewDownloadOptions,
} from './download-options.ts'
import { findEntries, type LocatedModel, locateModels } from './find-entries.ts'
import { finishDownload } from './finish-download.ts'
import {
  type LeaseOptions,
  listLeases,
  type ModelLease,
  parseLeaseId,
  type RenewLeaseOptions,
  releaseLease,
  renewLease,
  takeLease,
} from './lease-model.ts'
import { observeOperation } from './observe-operation.ts'
import {
  parsePath,
  parsePosition,
  parseText,
  parseWriteOptions,
  type VerifyOptions,
  type WriteOptions,
} from './operation-options.ts'
import { type ListPage, readPage } from './read-page.ts'
import { registerModel } from './register-model.ts'
import { removeModel } from './remove-model.ts'
import { type OpenModel, openVerifiedModel, type ResolvedModel, resolveModel } from './resolve-model.ts'
import { setModelState } from './set-model-state.ts'
import { readStateAt } from './state-at.ts'
import { type CatalogStats, countCatalog } from './stats.ts'
import { parseTimeSpan } from './time-span.ts'
import { readEntry } from './update-entry.ts'
import {
  type AuditOptions,
  type CollectOptions,
  type DedupeOptions,
  parseApplyOptions,
  parseAuditOptions,
  parseCollectOptions,
  parseDedupeOptions,
} from './upkeep-options.ts'
import { pathOf } from './verification-target.ts'
import { verifyModel } from './verify-model.ts'
import { parseWait, type WaitOptions } from './wait-until-unused.ts'

/**
 * The catalog of models. Every method may be called at any time by any number of callers, here and in other
 * processes on the same store. Inputs are checked before anything is read or written (INVALID_INPUT); a write that
 * resolves is as durable as the store makes it, and every later read, by whomever, sees it. Entries are frozen.
 * Every method may also reject with what the store rejects with: CLOSED, DAMAGED, IO, and for writes READ_ONLY
 * and NO_SPACE.
 */
export class Catalog implements AsyncDisposable {
  readonly #context: CatalogContext
  #closing: Promise<void> | undefined

  /** INVALID_INPUT where `node` is not a host name. */
  constructor(ports: CatalogPorts) {
    this.#context = createContext(ports)
  }

  /** Adds a model as Pending. ALREADY_EXISTS where the id, or one that differs only in case, is taken. */
  async register(input: RegistrationInput): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'register', id: input?.id }, async () =>
      registerModel(this.#context, parseRegistration(input)),
    )
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
   * Reads the model's file to its last byte. The right bytes make the model Active (a Retired one stays Retired)
   * and are this node's evidence; where no digest was declared, the one found is recorded as computed. Wrong bytes
   * make it Failed, unless another node has the right ones, and reject with DIGEST_MISMATCH or SIZE_MISMATCH once
   * that is recorded. With a `path`, that file is read, and the model refers to it if its bytes are right; wrong
   * bytes there change nothing where the model's own file was verified.
   * NOT_FOUND; CONFLICT where the entry came to mean other bytes while they were read; FILE_MISSING,
   * NOT_A_REGULAR_FILE, FILE_CHANGED, IO, and the signal's reason: then the entry is as before.
   */
  async verify(id: string, path?: string, options: VerifyOptions = {}): Promise<ModelEntry> {
    const { signal, onProgress } = options
    return observeOperation(this.#context, { operation: 'verify', id, signal }, async () => {
      const checked = { id: parseModelId(id), path: path === undefined ? path : parsePath(path) }
      return verifyModel(this.#context, { ...checked, ...parseAttribution(options), signal, onProgress })
    })
  }

  /**
   * Where an Active model is on this node, for serving: after one `stat` of each file, a few microseconds, no reading. A
   * reference means the one model that has it as its source or file. NOT_FOUND; NOT_USABLE where the model is not Active,
   * this node has not verified it, or the policy is against it; FILE_MISSING; FILE_CHANGED where a file is not the one
   * that was verified: then the model is Pending until it is verified again, unless another node has evidence. As good
   * as a fingerprint is: `openVerified` and `verify` are there for more.
   */
  async resolve(id: string): Promise<ResolvedModel> {
    return resolveModel(this.#context, parseModelId(id))
  }

  /**
   * Opens the verified files of an Active model for reading: whatever is done to their names from then on, the
   * descriptors are those of the files that were verified. Close it, or declare it with `await using`. Rejects as
   * `resolve` does.
   */
  async openVerified(id: string): Promise<OpenModel> {
    return openVerifiedModel(this.#context, parseModelId(id))
  }

  /**
   * Changes what is said of a model: an absent field stays, null takes it away. A new digest, size, source, file, location
   * or list of files makes the model Pending and takes all evidence. Declaring the digest that was computed changes only
   * its origin. NOT_FOUND, CONFLICT.
   */
  async update(id: string, update: EntryUpdateInput, options: WriteOptions = {}): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'update', id }, async () => {
      const checked = { id: parseModelId(id), update: parseEntryUpdate(update) }
      return changeModel(this.#context, { ...checked, ...parseWriteOptions(options) })
    })
  }

  /**
   * Sets the state by the table of `docs/lifecycle.md`; the state that the model has changes nothing. NOT_FOUND,
   * CONFLICT, INVALID_TRANSITION: also to Active while no evidence matches the present digest. From Failed to
   * Pending all evidence goes, so that only a new verification leads to Active. To Retired: IN_USE while leases count,
   * unless `wait` says to wait for their end.
   */
  async setState(
    id: string,
    state: LifecycleState,
    options: WriteOptions & WaitOptions = {},
  ): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'set-state', id }, async () => {
      const checked = { id: parseModelId(id), state: parseLifecycleState(state) }
      const how = { ...parseWriteOptions(options), ...parseWait(options) }
      return setModelState(this.#context, { ...checked, ...how })
    })
  }

  /**
   * Takes the model out of the catalog and returns it. The file stays. NOT_FOUND, CONFLICT; IN_USE while leases count
   * or somebody downloads it, unless `wait` says to wait for their end.
   */
  async remove(id: string, options: WriteOptions & WaitOptions = {}): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'remove', id }, async () => {
      const how = { ...parseWriteOptions(options), ...parseWait(options) }
      return removeModel(this.#context, { id: parseModelId(id), ...how })
    })
  }

  /**
   * Makes the caller the only one to download the model, by `docs/provisioning.md`: durably recorded before the answer
   * says where each file is collected, and from where it goes on. The same holder begins again at any time, another one
   * after the time has passed. `needed: false`, and nothing recorded, where the model is verified on this node and its
   * files are as they were then. An Active model whose files are not loses this node's evidence, and becomes Pending
   * where no other node has any. IN_USE while somebody else downloads it; NOT_FOUND, CONFLICT; INVALID_INPUT also
   * for a model registered in place without `inPlace`; NO_SPACE, READ_ONLY.
   */
  async beginDownload(id: string, options: BeginDownloadOptions = {}): Promise<ModelDownload | NoDownload> {
    return observeOperation(this.#context, { operation: 'begin-download', id }, async () => {
      const checked = { id: parseModelId(id), inPlace: parseInPlace(options) }
      return beginDownload(this.#context, { ...checked, ...parseDownloadOptions(this.#context, options) })
    })
  }

  /** Keeps the holder's download from others for so much longer. IN_USE once taken over, CONFLICT where it has ended, NOT_FOUND. */
  async renewDownload(id: string, options: RenewDownloadOptions = {}): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'renew-download', id }, async () =>
      renewDownload(this.#context, {
        id: parseModelId(id),
        ...parseDownloadOptions(this.#context, options),
      }),
    )
  }

  /** Gives the holder's download up; the partial files stay. Nothing where there is none. IN_USE where it is another's, NOT_FOUND, CONFLICT. */
  async abandonDownload(id: string, options: DownloadOptions = {}): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'abandon-download', id }, async () =>
      abandonDownload(this.#context, {
        id: parseModelId(id),
        ...parseDownloadOptions(this.#context, options),
      }),
    )
  }

  /**
   * Writes the holder's partial files to disk, reads them back, moves them to their names where all are right, and only
   * then makes the model Active (a Retired one stays Retired): every step durable before the next. What stood at a name
   * is put aside. Wrong files are put aside too and recorded in `quarantine`, the model is Failed as after `verify`,
   * and once that is durable it rejects with DIGEST_MISMATCH or SIZE_MISMATCH. The download is renewed while
   * files are read. NOT_FOUND; IN_USE where another took the download over, CONFLICT where it has ended or the entry
   * came to mean other bytes; FILE_MISSING, NOT_A_REGULAR_FILE, FILE_CHANGED, IO, and the signal's reason: then
   * the download goes on.
   */
  async finishDownload(id: string, options: FinishDownloadOptions = {}): Promise<ModelEntry> {
    const { signal, onProgress } = options
    return observeOperation(this.#context, { operation: 'finish-download', id, signal }, async () => {
      const checked = { id: parseModelId(id), ...parseDownloadOptions(this.#context, options) }
      return finishDownload(this.#context, { ...checked, signal, onProgress })
    })
  }

  /**
   * Says that the holder uses an Active model for a time: until then it is neither removed nor retired, also after a
   * restart. Verification may still find its bytes wrong. NOT_FOUND; NOT_USABLE where it is not Active; IN_USE where it
   * has 256 leases.
   */
  async lease(id: string, options: LeaseOptions): Promise<Lease> {
    return observeOperation(this.#context, { operation: 'lease', id }, async () => {
      const forMs = parseTimeSpan(this.#context, options)
      const { holder = this.#context.holder } = options
      const checked = { id: parseModelId(id), holder: parseHolder(holder) }
      return takeLease(this.#context, { ...checked, forMs, ...parseAttribution(options) })
    })
  }

  /** Lets a lease end later, or earlier. NOT_FOUND where it has ended, NOT_USABLE where the model is Active no more. */
  async renewLease(id: string, leaseId: string, options: RenewLeaseOptions): Promise<Lease> {
    return observeOperation(this.#context, { operation: 'renew-lease', id }, async () => {
      const checked = { id: parseModelId(id), leaseId: parseLeaseId(leaseId) }
      const forMs = parseTimeSpan(this.#context, options)
      return renewLease(this.#context, { ...checked, forMs, ...parseAttribution(options) })
    })
  }

  /** Ends a lease. May be repeated; nothing where it has ended, or the model is gone. */
  async releaseLease(id: string, leaseId: string, options: Attribution = {}): Promise<void> {
    return observeOperation(this.#context, { operation: 'release-lease', id }, async () => {
      const checked = { id: parseModelId(id), leaseId: parseLeaseId(leaseId) }
      return releaseLease(this.#context, { ...checked, ...parseAttribution(options) })
    })
  }

  /** The leases that count now, on one model (NOT_FOUND) or on all, ordered by the model's id. */
  async leases(id?: string): Promise<readonly ModelLease[]> {
    if (id === undefined) return listLeases(this.#context, await this.#context.store.list({}))
    return listLeases(this.#context, [await readEntry(this.#context, parseModelId(id))])
  }

  /**
   * Verifies again the models that this node has read before, the oldest evidence first, within a budget of bytes and time
   * and no faster than asked. A wrong or missing file does not end it. The next audit goes on where this one ended, also
   * after a crash. INVALID_INPUT; the signal's reason: then what was checked is recorded.
   */
  async audit(options: AuditOptions = {}): Promise<AuditReport> {
    return observeOperation(this.#context, { operation: 'audit', id: '', signal: options.signal }, async () =>
      auditModels(this.#context, parseAuditOptions(options)),
    )
  }

  /**
   * Compares the catalog with the disk: what does not agree, what lies about, and what `apply` would do about it.
   * Changes nothing. IO.
   */
  async doctor(): Promise<UpkeepPlan> {
    return diagnoseCatalog(this.#context)
  }

  /** Plans the removal of files that nobody needs. Changes nothing. INVALID_INPUT, IO. */
  async collect(options: CollectOptions = {}): Promise<UpkeepPlan> {
    return planCollection(this.#context, parseCollectOptions(options))
  }

  /** Plans how equal files of Active models share their bytes. Changes nothing. INVALID_INPUT, IO. */
  async dedupe(options: DedupeOptions): Promise<UpkeepPlan> {
    return planDedupe(this.#context, parseDedupeOptions(options))
  }

  /**
   * Does what a plan of this node says, each action only if what it was decided on is still so and nobody uses the
   * model. May be repeated, also after a crash: what is done counts as done. Nothing is removed that the plan does not
   * name, and nothing outside the root. INVALID_INPUT; the signal's reason: then what is done stays done.
   */
  async apply(plan: UpkeepPlan, options: ApplyOptions = {}): Promise<ApplyReport> {
    return observeOperation(this.#context, { operation: 'apply', id: '', signal: options.signal }, async () =>
      applyPlan(this.#context, parsePlan(plan), parseApplyOptions(options)),
    )
  }

  /** The catalog and its disk in numbers. IO. */
  async stats(): Promise<CatalogStats> {
    return countCatalog(this.#context)
  }

  /** How many models are in each state. */
  async counts(): Promise<StateCounts> {
    return this.#context.store.counts()
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

  /**
   * Closes the store once writes under way have ended, and the verifier at once: a verification under way rejects
   * with CLOSED, as does every later call. May be repeated.
   */
  close(): Promise<void> {
    this.#closing ??= closeAll(this.#context)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

async function closeAll({ store, verifier }: CatalogContext): Promise<void> {
  try {
    await verifier.close()
  } finally {
    await store.close()
  }
}
