import {
  type Attribution,
  type EntryUpdateInput,
  type Lease,
  type LifecycleState,
  type ModelEntry,
  parseAttribution,
  parseEntryUpdate,
  parseHolder,
  parseLifecycleState,
  parseModelId,
  parseRegistration,
  type RegistrationInput,
} from '@catalog/types'
import { changeModel } from './change/change-model.ts'
import { registerModel } from './change/register-model.ts'
import { removeModel } from './change/remove-model.ts'
import { setModelState } from './change/set-model-state.ts'
import { type CatalogContext, type CatalogPorts, createContext } from './context/catalog-ports.ts'
import { beginDownload, type ModelDownload, type NoDownload } from './download/begin-download.ts'
import { abandonDownload, renewDownload } from './download/download-holder.ts'
import {
  type BeginDownloadOptions,
  type DownloadOptions,
  type FinishDownloadOptions,
  parseDownloadOptions,
  parseInPlace,
  type RenewDownloadOptions,
} from './download/download-options.ts'
import { finishDownload } from './download/finish-download.ts'
import { observeOperation } from './entry/observe-operation.ts'
import {
  parsePath,
  parseWriteOptions,
  type VerifyOptions,
  type WriteOptions,
} from './entry/operation-options.ts'
import { parseTimeSpan } from './entry/time-span.ts'
import {
  type LeaseOptions,
  parseLeaseId,
  type RenewLeaseOptions,
  releaseLease,
  renewLease,
  takeLease,
} from './lease/lease-model.ts'
import { parseWait, type WaitOptions } from './lease/wait-until-unused.ts'
import { CatalogUpkeep } from './upkeep/catalog-upkeep.ts'
import { verifyModel } from './verify/verify-model.ts'

/**
 * The catalog of models. Every method may be called at any time by any number of callers, here and in other
 * processes on the same store. Inputs are checked before anything is read or written (INVALID_INPUT); a write that
 * resolves is as durable as the store makes it, and every later read, by whomever, sees it. Entries are frozen.
 * Every method may also reject with what the store rejects with: CLOSED, DAMAGED, IO, and for writes READ_ONLY
 * and NO_SPACE.
 */
export class Catalog extends CatalogUpkeep implements AsyncDisposable {
  readonly #context: CatalogContext
  #closing: Promise<void> | undefined

  /** INVALID_INPUT where `node` is not a host name, or the policy or the holder is none. */
  constructor(ports: CatalogPorts) {
    const context = createContext(ports)
    super(context)
    this.#context = context
  }

  /** Adds a model as Pending. ALREADY_EXISTS where the id, or one that differs only in case, is taken. */
  async register(input: RegistrationInput): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'register', id: input?.id }, async () =>
      registerModel(this.#context, parseRegistration(input)),
    )
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
   * Changes what is said of a model: an absent field stays, null takes it away. A new digest, size, source, file, location
   * or list of files makes the model Pending and takes all evidence. Declaring the digest that was computed changes only
   * its origin. NOT_FOUND, CONFLICT; INVALID_INPUT also for a digest that is not that of the files, where all theirs are
   * known; IN_USE where source, place or files would be replaced while somebody downloads them.
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
   * for a model registered in place without `inPlace`; NOT_A_REGULAR_FILE where links lead out of the root; NO_SPACE,
   * READ_ONLY.
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
   * came to mean other bytes. SIZE_MISMATCH for a partial file that ends too early, FILE_MISSING, NOT_A_REGULAR_FILE,
   * FILE_CHANGED, IO, and the signal's reason: then the download goes on.
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
