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

/** Keeping the models in order: methods that plan change nothing, and `apply` does only what its plan says. */
export class Upkeep {
  readonly #context: CatalogContext

  constructor(context: CatalogContext) {
    this.#context = context
  }

  /**
   * Verifies again the models that this machine has read before, the oldest evidence first, within a budget of bytes
   * and time and no faster than asked. A wrong or missing file does not end it. The next audit goes on where this one
   * ended, also after a crash. Rejects with the signal's reason once it is aborted: what was checked is recorded.
   *
   * @throws {CatalogError} INVALID_INPUT
   */
  async audit(options?: AuditOptions): Promise<AuditReport> {
    return observeOperation(this.#context, { operation: 'audit', id: '', options }, async () =>
      auditModels(this.#context, parseAuditOptions(options)),
    )
  }

  /**
   * Compares the catalog with the disk: where they differ, which files are left over, and what `apply` would do about
   * it. Changes nothing.
   *
   * @throws {CatalogError} INVALID_INPUT, IO
   */
  async doctor(options?: DoctorOptions): Promise<UpkeepPlan> {
    return diagnoseCatalog(this.#context, parseDoctorOptions(options))
  }

  /**
   * Plans the removal of files that are not needed. Changes nothing.
   *
   * @throws {CatalogError} INVALID_INPUT, IO
   */
  async collect(options?: CollectOptions): Promise<UpkeepPlan> {
    return planCollection(this.#context, parseCollectOptions(options))
  }

  /**
   * Plans how equal files of Active models share their bytes. Changes nothing.
   *
   * @throws {CatalogError} INVALID_INPUT, IO
   */
  async dedupe(options?: DedupeOptions): Promise<UpkeepPlan> {
    return planDedupe(this.#context, parseDedupeOptions(options).method ?? 'reference')
  }

  /**
   * Does what a plan of this machine says, each action only if what it was decided on still holds and the model is not
   * in use. May be repeated, also after a crash: what is done counts as done. Removes nothing that the plan does not
   * name, and nothing outside the root. Rejects with the signal's reason once it is aborted: what is done stays done.
   *
   * @throws {CatalogError} INVALID_INPUT also for the plan of another machine
   */
  async apply(plan: UpkeepPlan, options?: ApplyOptions): Promise<ApplyReport> {
    return observeOperation(this.#context, { operation: 'apply', id: '', options }, async () =>
      applyPlan(this.#context, parsePlan(plan), parseApplyOptions(options)),
    )
  }

  /**
   * Counts the catalog and its disk.
   *
   * @throws {CatalogError} IO
   */
  async stats(): Promise<CatalogStats> {
    return countCatalog(this.#context)
  }
}
