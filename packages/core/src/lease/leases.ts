import { type Attribution, type Lease, parseModelId } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { observeOperation } from '../entry/observe-operation.ts'
import { parseAttributionOptions } from '../entry/operation-options.ts'
import { toForMs } from '../entry/time-span.ts'
import { readEntry } from '../entry/update-entry.ts'
import {
  type LeaseOptions,
  listLeases,
  type ModelLease,
  parseLeaseId,
  parseLeaseOptions,
  parseRenewLeaseOptions,
  type RenewLeaseOptions,
  releaseLease,
  renewLease,
  takeLease,
} from './lease-model.ts'

/** Which holder uses a model, and until when. A leased model is neither removed nor retired. */
export class Leases {
  readonly #context: CatalogContext

  constructor(context: CatalogContext) {
    this.#context = context
  }

  /**
   * Leases an Active model to the holder for a time, also across restarts. A verification may still find its
   * bytes wrong. Durable when it resolves.
   *
   * @throws {CatalogError} INVALID_INPUT if an argument is invalid, or neither or both of `forMs` and `until`
   *   are given
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} NOT_USABLE if the model is not Active
   * @throws {CatalogError} TOO_MANY_LEASES if the model has 256 leases
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * const lease = await catalog.leases.take('llama-3.1-8b', { forMs: 60_000, holder: 'server-1' })
   * try {
   *   console.log(lease.holder) // server-1
   * } finally {
   *   await catalog.leases.release('llama-3.1-8b', lease.id)
   * }
   * ```
   */
  async take(id: string, options: LeaseOptions): Promise<Lease> {
    return observeOperation(this.#context, { operation: 'lease', id }, async () => {
      const { holder = this.#context.holder, forMs, until, ...by } = parseLeaseOptions(options)
      const span = toForMs(this.#context, { forMs, until })
      return takeLease(this.#context, { id: parseModelId(id), holder, forMs: span, ...by })
    })
  }

  /**
   * Changes the end of a lease. Durable when it resolves.
   *
   * @throws {CatalogError} INVALID_INPUT if an argument is invalid, or neither or both of `forMs` and `until`
   *   are given
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} LEASE_ENDED if the lease has ended
   * @throws {CatalogError} NOT_USABLE if the model is no longer Active
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async renew(id: string, leaseId: string, options: RenewLeaseOptions): Promise<Lease> {
    return observeOperation(this.#context, { operation: 'renew-lease', id }, async () => {
      const checked = { id: parseModelId(id), leaseId: parseLeaseId(leaseId) }
      const { forMs, until, ...by } = parseRenewLeaseOptions(options)
      return renewLease(this.#context, { ...checked, forMs: toForMs(this.#context, { forMs, until }), ...by })
    })
  }

  /**
   * Ends a lease. Does nothing if it has ended, or if the model was removed; may be repeated.
   *
   * @throws {CatalogError} INVALID_INPUT if an argument is invalid
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async release(id: string, leaseId: string, options?: Attribution): Promise<void> {
    return observeOperation(this.#context, { operation: 'release-lease', id }, async () => {
      const checked = { id: parseModelId(id), leaseId: parseLeaseId(leaseId) }
      return releaseLease(this.#context, { ...checked, ...parseAttributionOptions(options) })
    })
  }

  /**
   * The active leases on one model, or on all, ordered by the model's id.
   *
   * @throws {CatalogError} INVALID_INPUT if the id is not a model id
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async list(id?: string): Promise<readonly ModelLease[]> {
    if (id === undefined) return listLeases(this.#context, await this.#context.store.list({}))
    return listLeases(this.#context, [await readEntry(this.#context, parseModelId(id))])
  }
}
