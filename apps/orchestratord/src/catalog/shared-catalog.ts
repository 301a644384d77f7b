import { type Catalog, CatalogError, type CatalogErrorCode, isCatalogError } from 'model-catalog'

/** After these an opened catalog is of no more use: it is opened anew once an operator has repaired it. */
const REOPENS: readonly CatalogErrorCode[] = ['DAMAGED', 'CATALOG_REPLACED', 'CLOSED', 'EDITED_OUTSIDE']

/**
 * The catalog, opened when it is first needed. If opening it fails, that request fails with the error, and the next one
 * tries again: a damaged catalog never ends the service.
 */
export class SharedCatalog {
  readonly #open: () => Promise<Catalog>
  #opening: Promise<Catalog> | undefined
  #isClosed = false

  constructor(open: () => Promise<Catalog>) {
    this.#open = open
  }

  /** Gives the catalog to a function. What that rejects with, this rejects with. */
  async use<T>(run: (catalog: Catalog) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new CatalogError('CLOSED', 'the service has ended', { what: 'catalog' })
    this.#opening ??= this.#open()
    const opening = this.#opening
    try {
      return await run(await opening)
    } catch (error) {
      if (await isUnusable(opening, error)) this.#forget(opening)
      throw error
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const catalog = await this.#opening?.catch(() => undefined)
    await catalog?.close()
  }

  #forget(opening: Promise<Catalog>): void {
    // Others may have used the same one, and had the same error.
    if (this.#opening !== opening || this.#isClosed) return
    this.#opening = undefined
    // Its event streams end with CLOSED, and their clients come back to the next one.
    opening.then((catalog) => catalog.close()).catch(() => undefined)
  }
}

async function isUnusable(opening: Promise<Catalog>, error: unknown): Promise<boolean> {
  const isOpen = await opening.then(
    () => true,
    () => false,
  )
  return !isOpen || (isCatalogError(error) && REOPENS.includes(error.code))
}
