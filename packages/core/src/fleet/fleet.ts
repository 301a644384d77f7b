import { type ModelEntry, parseModelId } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { readEntry } from '../entry/update-entry.ts'
import { createCopyList, type ModelCopy } from './copies.ts'

/**
 * Which machines have verified copies. That a model is Active says that one of them has; whether this machine can serve
 * it, `resolve` tells.
 */
export class Fleet {
  readonly #context: CatalogContext

  constructor(context: CatalogContext) {
    this.#context = context
  }

  /**
   * The verified copies of a model on the volumes of all machines, the last one read first. Accesses no file.
   *
   * @throws {CatalogError} INVALID_INPUT if the id is not a model id
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * const copies = await catalog.fleet.copies('llama-3.1-8b')
   * console.log(copies.filter(({ isCounted }) => isCounted).length) // 1
   * ```
   */
  async copies(id: string): Promise<readonly ModelCopy[]> {
    const entry = await readEntry(this.#context, parseModelId(id))
    return (await createCopyList(this.#context))(entry)
  }

  /**
   * The same for many entries at once, in their order, as of one moment.
   *
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async copiesOf(entries: readonly ModelEntry[]): Promise<readonly (readonly ModelCopy[])[]> {
    const list = await createCopyList(this.#context)
    return entries.map((entry) => list(entry))
  }
}
