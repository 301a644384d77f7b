import { type Attribution, type Lease, parseModelId } from '@catalog/types'
import { parseAttribution, parseHolder } from '@catalog/types/schema'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { observeOperation } from '../entry/observe-operation.ts'
import { parseTimeSpan } from '../entry/time-span.ts'
import { readEntry } from '../entry/update-entry.ts'
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

/** Leases: who uses a model, and until when. A leased model is neither removed nor retired. */
export class Leases {
  readonly #context: CatalogContext

  constructor(context: CatalogContext) {
    this.#context = context
  }

  /**
   * Leases an Active model to the holder for a time, also over a restart. Verification may still find its bytes wrong.
   *
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} NOT_USABLE if the model is not Active
   * @throws {CatalogError} IN_USE if the model has 256 leases
   */
  async take(id: string, options: LeaseOptions): Promise<Lease> {
    return observeOperation(this.#context, { operation: 'lease', id }, async () => {
      const forMs = parseTimeSpan(this.#context, options)
      const { holder = this.#context.holder } = options
      const checked = { id: parseModelId(id), holder: parseHolder(holder) }
      return takeLease(this.#context, { ...checked, forMs, ...parseAttribution(options) })
    })
  }

  /**
   * Lets a lease end later, or earlier.
   *
   * @throws {CatalogError} NOT_FOUND if the lease has ended
   * @throws {CatalogError} NOT_USABLE if the model is no longer Active
   */
  async renew(id: string, leaseId: string, options: RenewLeaseOptions): Promise<Lease> {
    return observeOperation(this.#context, { operation: 'renew-lease', id }, async () => {
      const checked = { id: parseModelId(id), leaseId: parseLeaseId(leaseId) }
      const forMs = parseTimeSpan(this.#context, options)
      return renewLease(this.#context, { ...checked, forMs, ...parseAttribution(options) })
    })
  }

  /** Ends a lease. Does nothing if it has ended, or if the model was removed; may be repeated. */
  async release(id: string, leaseId: string, options: Attribution = {}): Promise<void> {
    return observeOperation(this.#context, { operation: 'release-lease', id }, async () => {
      const checked = { id: parseModelId(id), leaseId: parseLeaseId(leaseId) }
      return releaseLease(this.#context, { ...checked, ...parseAttribution(options) })
    })
  }

  /**
   * The active leases on one model, or on all, ordered by the model's id.
   *
   * @throws {CatalogError} NOT_FOUND if no model has this id
   */
  async list(id?: string): Promise<readonly ModelLease[]> {
    if (id === undefined) return listLeases(this.#context, await this.#context.store.list({}))
    return listLeases(this.#context, [await readEntry(this.#context, parseModelId(id))])
  }
}
