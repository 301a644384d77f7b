import { type CommittedChange, type ModelEntry, parseModelId } from '@catalog/types'
import { parsePosition, parseTimeInput } from '@catalog/types/schema'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { readStateAt } from './state-at.ts'

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
    const only = parseModelId(id)
    const changes = await this.#context.store.changes(0)
    return changes.filter((change) => change.id === only)
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
}
