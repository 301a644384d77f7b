/** Room `query`: pages, history, the state at a time. */

import {
  type CatalogTotals,
  type CommittedChange,
  type HistoryReport,
  type HistorySize,
  type ModelEntry,
  type PrunedHistory,
  type PruneOptions,
  parseModelId,
} from '@catalog/types'
import {
  defineOptionalOptions,
  type OptionsParser,
  optionsSchema,
  parsePosition,
  parseTimeInput,
  pruneShape,
} from '@catalog/types/schema'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { readStateAt } from './state-at.ts'

const parsePruneOptions: OptionsParser<PruneOptions> = defineOptionalOptions<PruneOptions>(
  optionsSchema(pruneShape),
)

/** What was changed, by whom, when and why, as far back as the store keeps it. */
export class History {
  readonly #context: CatalogContext

  constructor(context: CatalogContext) {
    this.#context = context
  }

  /**
   * The changes after a position, oldest first; without one, all that the store still keeps.
   *
   * @throws {CatalogError} INVALID_INPUT also if changes after the position are no longer kept
   */
  async changes(since = 0): Promise<readonly CommittedChange[]> {
    return this.#context.store.changes(parsePosition(since))
  }

  /** The changes of one model, oldest first; none for an id that never was in the catalog. */
  async of(id: string): Promise<readonly CommittedChange[]> {
    return this.#context.store.changes(0, parseModelId(id))
  }

  /**
   * The models as they were at a time (ISO 8601), by the clocks of the machines that changed them, ordered by id; or
   * the one of this id, undefined if it was not in the catalog then.
   *
   * @throws {CatalogError} INVALID_INPUT also if the kept history does not reach back far enough to say
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
   * What was done in the catalog by every program that used it, also what was pruned since: operations, verifications by
   * outcome, bytes and seconds. Costs no reading of the history. `watch({ since: totals.position })` goes on from there.
   */
  async totals(): Promise<CatalogTotals> {
    return this.#context.store.totals()
  }

  /**
   * How much room the history that is kept takes, with the snapshots that it starts from. Reads none of it.
   *
   * @throws {CatalogError} IO
   */
  async size(): Promise<HistorySize> {
    return this.#context.store.measureHistory()
  }

  /**
   * Reads all of the history that is kept, and says whether every record, and every step from one segment to the next,
   * is as it was written. Changes nothing.
   *
   * @throws {CatalogError} IO
   */
  async verify(): Promise<HistoryReport> {
    return this.#context.store.verifyHistory()
  }

  /**
   * Removes the oldest part of the history, and says what went; models and what is known of them stay. Safe while others
   * use the catalog.
   *
   * @throws {CatalogError} READ_ONLY, DAMAGED, IO
   */
  async prune(options?: PruneOptions): Promise<PrunedHistory> {
    return this.#context.store.pruneHistory(parsePruneOptions(options))
  }
}
