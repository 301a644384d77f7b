import type { UpkeepPlan } from '@catalog/types'
import { parsePlan } from '@catalog/types/schema'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { observeOperation } from '../entry/observe-operation.ts'
import { type ApplyOptions, type ApplyReport, applyPlan } from './apply/apply-plan.ts'
import { type AuditReport, auditModels } from './audit.ts'
import { planCollection } from './plan/collect.ts'
import { planDedupe } from './plan/dedupe.ts'
import { diagnoseCatalog } from './plan/doctor.ts'
import {
  type AuditOptions,
  type CollectOptions,
  type DedupeOptions,
  type DoctorOptions,
  parseApplyOptions,
  parseAuditOptions,
  parseCollectOptions,
  parseDedupeOptions,
  parseDoctorOptions,
} from './plan/upkeep-options.ts'
import { type CatalogStats, countCatalog } from './stats.ts'

/**
 * Keeps models and files in order. Methods that plan change nothing, and `apply` does only what its plan
 * contains.
 */
export class Upkeep {
  readonly #context: CatalogContext

  constructor(context: CatalogContext) {
    this.#context = context
  }

  /**
   * Verifies again the models that this machine has read before, the oldest evidence first, within a budget
   * of bytes and time. A wrong or missing file does not end the audit. The next audit continues where this
   * one ended, also after a crash. Rejects with the signal's reason once it is aborted: what was checked is
   * recorded.
   *
   * @throws {CatalogError} INVALID_INPUT if an option is invalid
   * @throws {CatalogError} READ_ONLY if the catalog is open read-only
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} CLOSED if the catalog is closed, also during the audit
   *
   * @example
   * ```ts
   * const { checked, wrong } = await catalog.upkeep.audit({ maxBytes: 100e9, bytesPerSecond: 200e6 })
   * console.log(checked, wrong.length) // 1 0
   * ```
   */
  async audit(options?: AuditOptions): Promise<AuditReport> {
    return observeOperation(this.#context, { operation: 'audit', id: undefined, options }, async () =>
      auditModels(this.#context, parseAuditOptions(options)),
    )
  }

  /**
   * Compares the catalog with the disk: the differences, the leftover files, and what `apply` would do about
   * them. Changes nothing.
   *
   * @throws {CatalogError} INVALID_INPUT if an option is invalid
   * @throws {CatalogError} IO if the root cannot be read
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * const plan = await catalog.upkeep.doctor()
   * for (const { text } of plan.findings) console.error(text)
   * const { done } = await catalog.upkeep.apply(plan)
   * console.log(done.length) // 0
   * ```
   */
  async doctor(options?: DoctorOptions): Promise<UpkeepPlan> {
    return diagnoseCatalog(this.#context, parseDoctorOptions(options))
  }

  /**
   * Plans the removal of files that are not needed. Changes nothing: pass the plan to `apply`.
   *
   * @throws {CatalogError} INVALID_INPUT if an option is invalid
   * @throws {CatalogError} IO if the root cannot be read
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * const plan = await catalog.upkeep.collect({ retired: false })
   * console.log(plan.bytes) // 0
   * ```
   */
  async collect(options?: CollectOptions): Promise<UpkeepPlan> {
    return planCollection(this.#context, parseCollectOptions(options))
  }

  /**
   * Plans how equal files of Active models share their bytes. Changes nothing: pass the plan to `apply`.
   *
   * @throws {CatalogError} INVALID_INPUT if an option is invalid
   * @throws {CatalogError} IO if the root cannot be read
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * const plan = await catalog.upkeep.dedupe({ method: 'hard-link' })
   * console.log(plan.actions.length) // 0
   * ```
   */
  async dedupe(options?: DedupeOptions): Promise<UpkeepPlan> {
    return planDedupe(this.#context, parseDedupeOptions(options).method ?? 'reference')
  }

  /**
   * Does what a plan of this machine says, each action only if everything that the plan saw is still true and
   * the model is not in use. May be repeated, also after a crash: what is done counts as done. Removes
   * nothing that the plan does not name, and nothing outside the root. An action that fails is reported in
   * `failed`. Rejects with the signal's reason once it is aborted: what is done stays done.
   *
   * @throws {CatalogError} INVALID_INPUT if it is not a plan of this version, or another machine made it
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} CLOSED if the catalog is closed, also during an action
   *
   * @example
   * ```ts
   * const plan = await catalog.upkeep.collect({ quarantined: true })
   * const { failed, freedBytes } = await catalog.upkeep.apply(plan, { reason: 'cleanup' })
   * console.log(failed.length, freedBytes) // 0 0
   * ```
   */
  async apply(plan: UpkeepPlan, options?: ApplyOptions): Promise<ApplyReport> {
    return observeOperation(this.#context, { operation: 'apply', id: undefined, options }, async () =>
      applyPlan(this.#context, parsePlan(plan), parseApplyOptions(options)),
    )
  }

  /**
   * Counts the catalog and measures its disk.
   *
   * @throws {CatalogError} IO if the disk cannot be read
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async stats(): Promise<CatalogStats> {
    return countCatalog(this.#context)
  }
}
