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

/** What was changed, by which actor, when and why, as far back as the store keeps it. */
export class History {
  readonly #context: CatalogContext

  constructor(context: CatalogContext) {
    this.#context = context
  }

  /**
   * The changes after a position, oldest first; without a position, all that the store still keeps.
   *
   * @throws {CatalogError} INVALID_INPUT if it is not a position, or changes after it are no longer kept
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * for (const { operation, id, revision } of await catalog.history.changes()) {
   *   if (revision === 1) console.log(operation, id) // register llama-3.1-8b
   * }
   * ```
   */
  async changes(since = 0): Promise<readonly CommittedChange[]> {
    return this.#context.store.changes(parsePosition(since))
  }

  /**
   * The changes of one model, oldest first; none for an id that was never in the catalog.
   *
   * @throws {CatalogError} INVALID_INPUT if the id is not a model id
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async of(id: string): Promise<readonly CommittedChange[]> {
    return this.#context.store.changes(0, parseModelId(id))
  }

  /**
   * The models as they were at a time (ISO 8601), by the clocks of the machines that changed them, ordered by
   * id.
   *
   * @throws {CatalogError} INVALID_INPUT if it is not a time, or the kept history does not reach back to it
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async stateAt(time: string): Promise<readonly ModelEntry[]>
  /**
   * The model as it was at a time (ISO 8601); undefined if it was not in the catalog then.
   *
   * @throws {CatalogError} INVALID_INPUT if it is not a time or an id, or the kept history does not reach
   *   back to it
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
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
   * What every program did in the catalog, including the pruned history: operations, verifications by
   * outcome, bytes and seconds. Does not read the history. `watch({ since: totals.position })` continues from
   * there.
   *
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async totals(): Promise<CatalogTotals> {
    return this.#context.store.totals()
  }

  /**
   * How much space the kept history takes, with the snapshots that it starts from. Reads none of it.
   *
   * @throws {CatalogError} CLOSED if the catalog is closed
   * @throws {CatalogError} IO if the disk cannot be read
   */
  async size(): Promise<HistorySize> {
    return this.#context.store.measureHistory()
  }

  /**
   * Reads all of the kept history, and reports whether every record, and every step from one segment to the
   * next, is as it was written. Changes nothing. Damage is a result, not an error.
   *
   * @throws {CatalogError} CLOSED if the catalog is closed
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   */
  async verify(): Promise<HistoryReport> {
    return this.#context.store.verifyHistory()
  }

  /**
   * Removes the oldest part of the history, and reports what was removed. Models and their evidence stay.
   * Safe while other processes use the catalog.
   *
   * @throws {CatalogError} INVALID_INPUT if an option is invalid
   * @throws {CatalogError} READ_ONLY if the catalog is open read-only
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be written
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * const { removed } = await catalog.history.prune({ keepSegments: 10, dryRun: true })
   * console.log(removed.length) // 0
   * ```
   */
  async prune(options?: PruneOptions): Promise<PrunedHistory> {
    return this.#context.store.pruneHistory(parsePruneOptions(options))
  }
}
