import { parsePlan, type UpkeepPlan } from '@catalog/types'
import { CatalogQueries } from '../catalog-queries.ts'
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
  parseApplyOptions,
  parseAuditOptions,
  parseCollectOptions,
  parseDedupeOptions,
} from './plan/upkeep-options.ts'
import { type CatalogStats, countCatalog } from './stats.ts'

/** Keeping terabytes of models in order: what plans changes nothing, and what applies a plan does only what it says. */
export abstract class CatalogUpkeep extends CatalogQueries {
  readonly #context: CatalogContext

  constructor(context: CatalogContext) {
    super(context)
    this.#context = context
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
}
